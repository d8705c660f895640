"""Responses of price dossiers; the dossier's own form is what its canonical JSON (RFC 8785) is made of."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from app.catalogue.results.kinds import TransferMode
from app.core.schemas import Amount, Bilingual, Output
from app.dossiers.kinds import Capacity
from app.market.deals.kinds import PriceBasis, PriceSource
from app.market.listings.kinds import PricingMode

FORMAT: Literal["techex-dossier/1"] = "techex-dossier/1"


class RuleRef(Output):
    """The rule a step rests on, by instrument and article."""

    instrument: Bilingual
    article: str


class ByOut(Output):
    """Who acted; people are never named. Without `organisation_id`: the market's staff, time, or not told."""

    capacity: Capacity
    organisation_id: UUID | None


class PaperOut(Output):
    """A paper by the SHA-256 of its content."""

    title: str
    sha256: str


class DossierEntryOut(Output):
    """One thing that happened. `events` name what stands in the dossier's own list of events."""

    at: datetime
    by: ByOut
    what: Bilingual
    facts: dict[str, Any] = Field(
        description="What is known of it: other names and values for each kind of entry, and more with later releases"
    )
    rule: RuleRef | None
    documents: list[PaperOut]
    texts: list[str] = Field(description="SHA-256 of sealed texts, which stand in full in `texts` of the dossier")
    events: list[UUID]


class DossierSectionOut(Output):
    """A part of the history; `withheld` says what this reader does not see of it."""

    key: str
    title: Bilingual
    withheld: Bilingual | None
    entries: list[DossierEntryOut]


class EventSeal(Output):
    """An event behind an entry and its place in the audit chain.

    `hash` is SHA-256(`previous` ‖ canonical JSON of `content`). `content` is null where it names who acted for
    somebody else; all three are null for an event that is not sealed yet.
    """

    id: UUID
    type: str
    occurred_at: datetime
    position: int | None
    previous: str | None
    hash: str | None
    content: dict[str, Any] | None = Field(
        description="The event as it was sealed, in the form of its own day: it is hashed, not read by name"
    )


class ComparableOut(Output):
    """A deal with a public price. `public_before`: everybody could read it when this deal was agreed."""

    number: str
    agreed_on: date
    pricing_mode: PricingMode
    transfer_mode: TransferMode
    price: Amount
    price_basis: PriceBasis
    source: PriceSource
    reference: str
    public_before: bool


class ComparablesOut(Output):
    """What the price may be compared with, and by what it was chosen."""

    chosen_by: Bilingual
    deals: list[ComparableOut]


class DossierReaderOut(Output):
    """For whom the dossier was made: another reader sees more or less."""

    view: str
    organisation_id: UUID | None


class ChainEnd(Output):
    """The end of the audit chain when the dossier was made."""

    sealed: int
    head: str


class NamedOrganisation(Output):
    id: UUID
    name: str


class DealRef(Output):
    id: UUID
    number: str


class Dossier(Output):
    """The price dossier (定价档案) of a deal, as one reader may see it at one end of the audit chain."""

    format: Literal["techex-dossier/1"] = FORMAT
    basis: RuleRef
    basis_title: Bilingual
    deal: DealRef
    reader: DossierReaderOut
    audit: ChainEnd
    organisations: list[NamedOrganisation]
    sections: list[DossierSectionOut]
    comparables: ComparablesOut
    texts: dict[str, str] = Field(description="Sealed texts by their SHA-256 (UTF-8)")
    events: list[EventSeal]


class DossierExportOut(Output):
    """A bundle that was taken: `bundle.zip` next to it holds what these hashes are of."""

    id: UUID
    deal_id: UUID
    organisation_id: UUID | None
    view: str
    made_at: datetime
    audit_position: int
    audit_head: str
    dossier_sha256: str
    pdf_sha256: str
    public_key: str = Field(description="The exchange's Ed25519 key that signed the manifest, hex")
    bundle_sha256: str
    bundle_size: int
