"""Requests and responses of the industry map; `ChainIn` is the format of an import."""

from datetime import date, datetime
from typing import Annotated, ClassVar, Final, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from app.catalogue.results.kinds import TechnicalField
from app.core.schemas import Bilingual, Day, Input, Line, Name, Output, Readable
from app.core.schemas.codes import DIVISIONS
from app.finding.chains.kinds import ChainStatus, Gap, MapState, Placed, Stage
from app.finding.chains.rules.documents import Link
from app.finding.chains.rules.placing import LinkRule

FORMAT: Final = "techex-industry-chain/1"
MOST_LINKS: Final = 200


def _industry(code: str) -> str:
    first, last = DIVISIONS[code[0]]
    if len(code) > 1 and not first <= int(code[1:3]) <= last:
        raise PydanticCustomError("no_industry", "Send a code of GB/T 4754-2017, such as C2710")
    return code


def _once(values: list[str]) -> list[str]:
    if len(set(values)) < len(values):
        raise PydanticCustomError("given_twice", "Name each of them once", {"zh": "每项只填一次"})
    return values


Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)]
IndustryPrefix = Annotated[str, StringConstraints(pattern=r"^[A-T]([0-9]{2,4})?$"), AfterValidator(_industry)]
Term = Annotated[str, StringConstraints(min_length=1, max_length=40), Readable]
Address = Annotated[str, StringConstraints(pattern=r"^https?://[!-~]+$", max_length=500)]


class NamesIn(Input):
    """A name in both languages."""

    zh: Name
    en: Name


class ChainSourceIn(Input):
    """Where the chain was taken from."""

    title: Line
    address: Address
    day: Day = Field(description="The day of the source, or on which it was read")


class LinkRuleIn(Input):
    """What is placed on a link: what has one of the industries or one of the terms, and one of the fields where the
    rule names any.
    """

    industries: Annotated[list[IndustryPrefix], AfterValidator(_once)] = Field(
        default=[], max_length=50, description="Codes of GB/T 4754-2017, or how they begin"
    )
    fields: Annotated[list[TechnicalField], AfterValidator(_once)] = Field(default=[], max_length=11)
    terms: list[Term] = Field(
        default=[], max_length=50, description="Chinese words are found anywhere in a text, others as whole words"
    )


class LinkIn(Input):
    """A link of a chain (环节)."""

    code: Code
    name: NamesIn
    stage: Stage
    follows: Annotated[list[Code], AfterValidator(_once)] = Field(
        default=[], max_length=50, description="Codes of the links whose products it uses"
    )
    rule: LinkRuleIn

    def for_rules(self) -> Link:
        """The link as the rules ask for it."""
        rule = self.rule
        placed_by = LinkRule(self.code, tuple(rule.industries), frozenset(rule.fields), tuple(rule.terms))
        return Link(self.stage, self.follows, placed_by)


class IndustryChainIn(Input):
    """A chain (产业链): one document, of the format that `format` names."""

    format: Literal["techex-industry-chain/1"]
    code: Code
    name: NamesIn
    source: ChainSourceIn
    links: list[LinkIn] = Field(min_length=1, max_length=MOST_LINKS)


class IndustryChainOut(Output):
    """A chain. `version` is the latest; `status_reason` says why it was withdrawn."""

    LOCATION: ClassVar[str] = "/v1/industry-chains/{code}"

    code: str
    name: Bilingual
    version: int
    link_count: int
    status: ChainStatus
    status_reason: str | None
    published_at: datetime


class TriedLinkOut(Output):
    """How many of the things that were looked at belong on a link."""

    code: str
    listings: int
    demands: int


class ChainTrialOut(Output):
    """What a document would place, of the newest listings and demands."""

    code: str
    version: int = Field(description="The version that an import would make")
    looked_at: int
    nowhere: int = Field(description="Those of them that belong on no link")
    complete: bool = Field(description="Whether these are all that are public")
    links: list[TriedLinkOut]


class PlacingOut(Output):
    """How far a version has been placed. `public` is how many things there were when that began."""

    version: int
    state: MapState
    looked_at: int
    public: int | None


class CountOut(Output):
    """How many are on a link; `open` are on offer or wanted now, or have something that is."""

    total: int
    open: int


class LinkCounts(Output):
    """The counts of a link by kind."""

    listing: CountOut
    demand: CountOut
    enterprise: CountOut
    agency: CountOut


class LinkRuleOut(Output):
    """The rule of a link."""

    industries: list[str]
    fields: list[TechnicalField]
    terms: list[str]


class ChainSourceOut(Output):
    """Where the chain was taken from."""

    title: str
    address: str
    day: date


class ChainLinkOut(Output):
    """A link as it was published."""

    code: str
    name: Bilingual
    stage: Stage
    follows: list[str]
    rule: LinkRuleOut


class MapLinkOut(ChainLinkOut):
    """A link of the map. `gap` is null where both sides are there or neither is, and until all are placed."""

    counts: LinkCounts | None = Field(description="Null where the chain is withdrawn")
    gap: Gap | None


class IndustryChainDocument(Output):
    """What was published of a chain. Its canonical JSON (RFC 8785) is stored, hashed and served to the byte."""

    format: str
    code: str
    name: Bilingual
    source: ChainSourceOut
    links: list[ChainLinkOut]


class GapsOut(Output):
    """The codes of links that lack one side."""

    no_result: list[str] = Field(description="Demand, and no result on offer")
    no_demand: list[str] = Field(description="A result on offer, and no demand")


class IndustryChainMapOut(IndustryChainOut):
    """The map of a chain. It shows the latest version that was placed as a whole (`shown`), until then the first."""

    shown: int = Field(description="The version whose links these are")
    source: ChainSourceOut
    placing: list[PlacingOut] = Field(description="How far the shown version and the latest one have been placed")
    gaps: GapsOut | None = Field(description="Null until everything was placed")
    links: list[MapLinkOut]
    hint: Bilingual | None = Field(description="Where nothing is on the map: why")


class PartsOut(Output):
    """Why something is on a link. Of an enterprise or an agency: how many listings and demands of it are there."""

    industry: str | None = None
    field: TechnicalField | None = None
    terms: list[str] = Field(default=[])
    listings: int | None = None
    demands: int | None = None


class LinkSubjectOut(Output):
    """Something on a link. `number` is null for an enterprise or an agency, whose `title` is its name."""

    kind: Placed
    id: UUID
    number: str | None
    title: str
    open: bool
    parts: PartsOut
