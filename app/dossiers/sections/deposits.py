"""The deposits' part of a price dossier. The ledger stands below deals, so its history is told here."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from app.core.access import Actor
from app.core.database import Session
from app.core.history import events
from app.core.history.events import Event
from app.core.problems import Text
from app.dossiers.kinds import Capacity
from app.dossiers.sections.bank import bank_entries
from app.dossiers.story import By, Entry, Fact, Section
from app.law.periods.catalogue import RULES
from app.market.deals.kinds import PartyRole
from app.market.deals.models import Deal
from app.market.listings.kinds import PricingMode
from app.office.ledger.bank import queries as bank
from app.office.ledger.deposits import queries as deposit_queries
from app.office.ledger.instructions import queries as instruction_queries
from app.office.ledger.models import Deposit

RELEASE_RULE = RULES["deposit_release"].source
HIDDEN = Text(
    "A deposit is known to who paid it and the market's staff; whether others deposited is not told here.",
    "保证金由交纳人和交易所人员查阅;是否另有交纳人不在此披露。",
)
HIDDEN_BANK = Text(
    "Only the operator and the auditor see the bank's references.",
    "银行流水号仅限交易机构和审计人员查阅，此处不予列示。",
)
REQUESTED, RECEIVED, DUE_MOVED = "deposit.requested", "deposit.received", "deposit.due_moved"
HAPPENED: Mapping[str, Text] = {
    REQUESTED: Text("Deposit requested", "要求交纳保证金"),
    DUE_MOVED: Text("Due day of the payment moved", "交纳期限变更"),
    RECEIVED: Text("Deposit received", "保证金到账"),
    "deposit.held": Text("Deposit held", "保证金已确认（留存）"),
    "deposit.release_due": Text("Deposit to be returned", "应退还保证金"),
    "deposit.release_moved": Text("Due day of the return moved", "退还期限变更"),
    "deposit.released": Text("Deposit returned", "保证金已退还"),
    "deposit.applied": Text("Deposit applied to fee and price", "保证金转为服务费与价款"),
    "deposit.forfeited": Text("Deposit forfeited", "保证金不予退还"),
    "deposit.cancelled": Text("Deposit request withdrawn", "保证金交纳通知撤销"),
}
REVERSED = Text("Confirmation of the bank reversed", "银行确认冲销")
TOLD = ("due_at", "late", "release_due_on", "fee", "reason")


async def deposit_history(session: Session, deal: Deal, actor: Actor) -> list[Section]:
    """Every deposit for the deal's listing to the market's staff, an organisation's own to itself."""
    if deal.listing_id is None or not await deposit_queries.has_deposits(session, ("listing", deal.listing_id)):
        return []
    deposits = {row.id: row for row in await deposit_queries.deposits_for(session, actor, ("listing", deal.listing_id))}
    happened = [row for row in await events.of_subjects(session, deposits) if row.type in HAPPENED]
    timed = _timed(happened)
    entries = [_entry(deal, deposits[event.subject_id], event, is_timed=event.id in timed) for event in happened]
    instructions = await instruction_queries.instructions_for(session, ("listing", deal.listing_id))
    entries += bank_entries(
        await bank.confirmations_of(
            session, actor, deposits=deposits, instructions=[row.id for row in instructions if row.deposit_id]
        )
    )
    entries.sort(key=lambda entry: entry.at)
    return [Section("deposits", Text("Deposits", "交易保证金"), entries, _withheld(actor))]


def _timed(happened: Sequence[Event]) -> set[UUID]:
    """The events to which the times in the deposit's row belong: asked for by a day that never moved, received last."""
    moved = {event.subject_id for event in happened if event.type == DUE_MOVED}
    received = {event.subject_id: event.id for event in happened if event.type == RECEIVED}
    asked = {event.id for event in happened if event.type == REQUESTED and event.subject_id not in moved}
    return asked | set(received.values())


def _withheld(actor: Actor) -> Text | None:
    return None if actor.oversees else HIDDEN


def _entry(deal: Deal, deposit: Deposit, event: Event, *, is_timed: bool) -> Entry:
    about = event.payload
    facts: dict[str, Fact] = {
        "number": deposit.number,
        "organisation_id": deposit.organisation_id,
        "amount": about["amount"],
    }
    facts |= {name: about[name] for name in TOLD if name in about}
    if is_timed:
        facts |= {"received_at": deposit.received_at} if event.type == RECEIVED else {"due_at": deposit.due_at}
    return Entry.of(
        event,
        _by(deal, deposit, event),
        REVERSED if about.get("reversed") else HAPPENED[event.type],
        facts,
        rule=RELEASE_RULE if event.type in ("deposit.release_due", "deposit.release_moved") else None,
    )


def _by(deal: Deal, deposit: Deposit, event: Event) -> By:
    """The depositor, the seller or the operator; what somebody else set in motion is the exchange's rules' doing."""
    organisation = event.actor_organisation_id
    if organisation is None:
        return By(Capacity.OPERATOR if event.actor_person_id else Capacity.TIME)
    if organisation == deposit.organisation_id:
        return By(_capacity(deal, organisation), organisation)
    sellers = {party.organisation_id for party in deal.parties if party.role == PartyRole.SELLER}
    return By(Capacity.SELLER, organisation) if organisation in sellers else By(Capacity.EXCHANGE)


def _capacity(deal: Deal, organisation_id: UUID) -> Capacity:
    if any(p.organisation_id == organisation_id and p.role == PartyRole.BUYER for p in deal.parties):
        return Capacity.BUYER
    return Capacity.BIDDER if deal.pricing_mode == PricingMode.AUCTION else Capacity.REGISTRANT
