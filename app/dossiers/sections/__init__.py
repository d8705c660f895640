"""The sections of a price dossier (定价档案), in the order in which it tells them.

Each teller knows one part of a deal's history, and answers no section for a deal that it knows nothing of. The actor
has been found to see the deal; what else of the history it may see is decided by the teller, as in the reads of the
package it tells of, and where something is left out the section says so (`withheld`). A teller writes nothing, asks no
clock, and answers in an order of its own that does not change, so that two readings of the same rows are equal to the
byte.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from app.core.access import Actor
from app.core.database import Session
from app.dossiers.sections import (
    appraisals,
    appraised,
    auction,
    certificates,
    contracts,
    deal,
    deposits,
    listed,
    listing,
    negotiated,
    settlement,
)
from app.dossiers.story import Attachment, Section
from app.market.deals.models import Deal

Teller = Callable[[Session, Deal, Actor], Awaitable[Sequence[Section]]]
TELLERS: Final[tuple[Teller, ...]] = (
    listing.listing_history,
    appraisals.appraisal_history,
    appraised.offer_history,
    listed.sale_history,
    negotiated.negotiation_history,
    auction.auction_history,
    negotiated.notice_history,
    appraised.offer_gates,
    auction.auction_gates,
    listed.sale_gates,
    negotiated.negotiation_gates,
    deal.deal_history,
    deposits.deposit_history,
    settlement.settlement_history,
    contracts.contract_history,
    certificates.certificate_history,
)


async def told(session: Session, deal: Deal, actor: Actor) -> list[Section]:
    """Every section of a deal, with its parties loaded, that the actor may see."""
    return [section for teller in TELLERS for section in await teller(session, deal, actor)]


async def attached(session: Session, deal: Deal, actor: Actor) -> list[Attachment]:
    """Every file that goes into the bundle of a deal for the actor; read their pieces one by one, in this session."""
    return sorted(await auction.transcripts(session, deal, actor), key=lambda attachment: attachment.name)
