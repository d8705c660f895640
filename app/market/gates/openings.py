"""What a sale needs before its deal, opened as gates: the same in every pricing mode.

The subject (a negotiation, a listing) and its listing are locked by the caller. A mode asks in this order:

    sale = await openings.find_sale(session, listing, buying, now)
    openings.refuse_never(sale, today)                   # at the agreement
    gates = await openings.open_gates(session, subject, listing.seller_id, sale, now)
    block = openings.what_blocks(gates)                  # None: the deal may be made
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from app.catalogue.results import queries as results
from app.catalogue.results.kinds import TransferMode
from app.catalogue.results.listability import as_error
from app.catalogue.results.problems import RESULT_NOT_LISTABLE
from app.core.database import Session
from app.core.problems import Problem
from app.identity import queries as identity
from app.law.figures import parameter
from app.market.deals.kinds import PartyRole
from app.market.deals.rules import PartyShare
from app.market.deals.service import related_parties
from app.market.gates import queries, rules, service
from app.market.gates.models import Gate
from app.market.gates.rules import Sale
from app.market.listings.models import Listing
from app.market.listings.publication import facts_of
from app.market.listings.rules import end_of_day

FIRST_REFUSAL_DAYS = "first_refusal_days"


@dataclass(frozen=True, slots=True)
class Buying:
    """Who buys. The lead stands in for itself; each other buyer consents.

    `abroad`: a buyer is abroad, or the rights reach beyond the mainland. `related_needs_approval`: whether a related
    party needs an approval in this pricing mode; where the price was found in the open, it does not.
    """

    buyers: Sequence[PartyShare]
    lead_id: UUID
    abroad: bool
    related_needs_approval: bool


async def find_sale(session: Session, listing: Listing, buying: Buying, now: datetime) -> Sale:
    """What the rules of gates ask of a sale, as the facts are today."""
    result = await results.read_result(session, listing.result_id)
    people = tuple(completer.person_id for completer in result.completers)
    buyers = [share.organisation_id for share in buying.buyers]
    related = None
    if buying.related_needs_approval:
        parties = [PartyShare(PartyRole.SELLER, listing.seller_id), *buying.buyers]
        related = await related_parties(session, parties, session.city.day_of(now))
    return Sale(
        result=await facts_of(session, listing),
        transfer_mode=TransferMode(listing.transfer_mode),
        completers=people,
        buying_people=frozenset(await _acting_for(session, people, buyers)),
        co_buyers=tuple(buyer for buyer in buyers if buyer != buying.lead_id),
        abroad=buying.abroad,
        related=related,
    )


async def _acting_for(session: Session, people: Sequence[UUID | None], buyers: Sequence[UUID]) -> list[UUID]:
    return [
        person
        for person in people
        if person is not None and any([await identity.acts_for(session, person, buyer) for buyer in buyers])
    ]


def refuse_never(sale: Sale, today: date) -> None:
    """Raises `result_not_listable` for what no gate mends: a state secret, technology prohibited from export."""
    if reasons := rules.never(sale, today):
        raise RESULT_NOT_LISTABLE(errors=[as_error(reason) for reason in reasons], count=len(reasons))


async def open_gates(
    session: Session, subject: tuple[str, UUID], seller_id: UUID, sale: Sale, now: datetime
) -> Sequence[Gate]:
    """Open the gates that the sale needs today and the subject does not have yet; answers all it has, in order.

    A right of first refusal lapses at the end of the day `first_refusal_days` calendar days after the local day of
    `now`.
    """
    today = session.city.day_of(now)
    days = int(parameter(FIRST_REFUSAL_DAYS, on=today).value)
    lapses_at = end_of_day(today + timedelta(days=days), session.city.zone)
    return await service.open_needed(session, subject, seller_id, rules.needed(sale, today), now, lapses_at=lapses_at)


def what_blocks(gates: Sequence[Gate]) -> Problem | None:
    """`gate_open` with every gate that is not settled yet; None where none blocks."""
    still = queries.still_open(gates)
    return rules.gate_open(still) if still else None
