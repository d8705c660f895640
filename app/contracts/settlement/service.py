"""Use cases of settlement, each in the caller's transaction.

Order of locks: deal, contracts, the calendar, then what the ledger locks (deposits, instructions, accounts), deadlines
last.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from app.contracts.models import Contract
from app.contracts.settlement import queries, rules
from app.contracts.settlement.models import (
    Settlement,
    SettlementDeposit,
    SettlementFee,
    SettlementPart,
    SettlementRequest,
)
from app.contracts.settlement.progress import Facts
from app.contracts.settlement.rules import NIL, Part, Shares
from app.core import deadlines
from app.core.clock import read_clock
from app.core.database import Session
from app.core.history import events
from app.law.figures import Parameter, parameter
from app.law.periods.service import hold_calendar
from app.market.deals import queries as deals
from app.market.deals.kinds import PartyRole
from app.market.deals.models import Deal
from app.market.listings.kinds import PricingMode
from app.office.ledger import queries as ledger
from app.office.ledger.deposits import service as deposits
from app.office.ledger.instructions import service as instructions
from app.office.ledger.kinds import DepositStatus, InstructionStatus
from app.office.ledger.models import PaymentInstruction
from app.office.ledger.rules import price_account
from app.pricing.negotiated.terms.shapes import Terms

MOVED: Final = "settlement.moved"
"""The deadline, due at once, that looks at a deal's settlement again under the deal's lock."""
DUE_SOON: Final = "settlement.due_soon"
OVERDUE: Final = "settlement.overdue"
"""The deadlines of an instruction that asks for price or fee: a reminder, and the end of the day due."""
RATES: Final = {PartyRole.SELLER: "deal_fee_rate_seller", PartyRole.BUYER: "deal_fee_rate_buyer"}
REMINDER: Final = "payment_due_soon_days"
MINIMUM, FIRST, DUE_DAYS = "deal_fee_minimum", "first_instalment_min_share", "price_due_working_days"


def shares_of(deal: Deal, role: PartyRole) -> Shares:
    """The parties of a side with their shares, in the deal's order."""
    return [(party.organisation_id, party.share) for party in deal.parties if party.role == role]


def audience_of(deal: Deal) -> list[UUID]:
    """Who is told of a settlement: the deal's parties and the market's staff."""
    return [*events.STAFF, *(party.organisation_id for party in deal.parties)]


async def when_contract_is_signed_open_settlement(session: Session, deal: Deal, now: datetime) -> None:
    """Open the settlement of a signed deal: charge the fees, apply the deposits, and ask for what is left."""
    contract = next(iter(await queries.signed_contracts(session, deal.id)), None)
    if contract is None or contract.signed_on is None:
        return  # nothing says yet how the price is paid
    figures = {name: parameter(name, on=contract.signed_on) for name in (*RATES.values(), MINIMUM, FIRST, DUE_DAYS)}
    parts = _parts(deal, contract, figures[FIRST].value)
    settlement = Settlement(
        deal_id=deal.id,
        contract_id=contract.id,
        price=deal.price,
        cash=sum((part.amount for part in parts), NIL),
        figures={name: _shown(figure) for name, figure in figures.items()},
        opened_at=now,
    )
    session.add(settlement)
    await session.flush()
    today = session.city.day_of(now)
    due_on = (await hold_calendar(session)).add_working_days(today, int(figures[DUE_DAYS].value)).day
    _write_parts(session, deal, parts, today, due_on)
    await session.flush()
    taken = await _apply_deposits(session, deal, _fees(deal, PartyRole.BUYER, figures), parts, now)
    await _charge(session, deal, figures, taken, due_on)
    await session.flush()
    await ask(session, deal)
    payload = {"number": deal.number, "price": deal.price, "cash": settlement.cash}
    events.append(session, "settlement.opened", ("deal", deal.id), audience=audience_of(deal), payload=payload)


async def facts_of(session: Session, deal: Deal, settlement: Settlement) -> Facts:
    """The facts that decide a settlement's progress. Hold the deal's lock to decide."""
    return Facts(
        settlement,
        shares_of(deal, PartyRole.BUYER),
        await queries.receipts(session, deal.id),
        await queries.payouts(session, deal.id),
        await queries.signed_contracts(session, deal.id),
    )


async def pay_out(session: Session, deal: Deal) -> Decimal:
    """Owe the sellers by their shares what has gathered of a locked deal's price; returns the amount (CNY)."""
    subject = ("deal", deal.id)
    place = price_account(deal.id)
    await ledger.lock_accounts(session, [place])
    amount = await ledger.balance_of(session, place)
    for seller_id, part in rules.by_share(amount, shares_of(deal, PartyRole.SELLER)).items():
        if part > 0:
            await instructions.pay_out_price(session, deal=subject, seller_id=seller_id, amount=part)
    return amount


def _parts(deal: Deal, contract: Contract, least_first: Decimal) -> list[Part]:
    if deal.pricing_mode == PricingMode.NEGOTIATED and deal.terms is not None:
        return rules.parts_by_terms(deal.price, Terms.model_validate(deal.terms), least_first)
    return rules.parts_by_contract(deal.price, contract.payment_terms, least_first)


def _shown(figure: Parameter) -> dict[str, str]:
    return {"value": str(figure.value), "reference": figure.reference, "mark": figure.mark}


def _write_parts(session: Session, deal: Deal, parts: Sequence[Part], today: date, due_on: date) -> None:
    first = rules.first_of(parts)
    for position, part in enumerate(parts):
        assert part.kind is not None
        session.add(
            SettlementPart(
                deal_id=deal.id,
                position=position,
                kind=part.kind,
                amount=part.amount,
                due_on=rules.due_day(part, position == first, today, due_on),
                event=part.due.event if part.due else None,
                before_certificate=position == first,
            )
        )


def _fees(deal: Deal, role: PartyRole, figures: Mapping[str, Parameter]) -> dict[UUID, Decimal]:
    fee = rules.fee_of(deal.price, figures[RATES[role]].value, figures[MINIMUM].value)
    return rules.by_share(fee, shares_of(deal, role))


async def _apply_deposits(
    session: Session, deal: Deal, fees: Mapping[UUID, Decimal], parts: Sequence[Part], now: datetime
) -> dict[UUID, Decimal]:
    """Apply the buyers' held deposits to fee and price; returns the fee each paid so. Others are returned."""
    assert deal.listing_id is not None
    buyers = shares_of(deal, PartyRole.BUYER)
    split = [rules.by_share(part.amount, buyers) for part in parts]
    taken: dict[UUID, Decimal] = {}
    for buyer_id, _ in buyers:
        deposit = await queries.deposit_of(session, deal.listing_id, buyer_id)
        if deposit is None or deposit.status != DepositStatus.HELD:
            # Late, or taken back by the bank meanwhile: it secures nothing any more.
            await deposits.give_back(session, ("listing", deal.listing_id), buyer_id, now)
            continue
        owed = sum((share[buyer_id] for share in split), NIL)
        use = rules.use_deposit(deposit.required_amount, fees[buyer_id], owed)
        subject = ("deal", deal.id)
        await deposits.apply_to_price(session, ("listing", deal.listing_id), buyer_id, deal=subject, fee=use.fee)
        if use.returned:
            await instructions.return_price(session, deal=subject, buyer_id=buyer_id, amount=use.returned)
        session.add(
            SettlementDeposit(
                deal_id=deal.id,
                organisation_id=buyer_id,
                deposit_id=deposit.id,
                amount=deposit.required_amount,
                fee=use.fee,
                credited=use.credited,
                returned=use.returned,
            )
        )
        taken[buyer_id] = use.fee
    return taken


async def _charge(
    session: Session, deal: Deal, figures: Mapping[str, Parameter], taken: Mapping[UUID, Decimal], due_on: date
) -> None:
    """Charge both sides' fees, less what a deposit has paid."""
    position = 0
    for role in (PartyRole.SELLER, PartyRole.BUYER):
        for organisation_id, amount in _fees(deal, role, figures).items():
            if not amount:
                continue
            paid = taken.get(organisation_id, NIL) if role == PartyRole.BUYER else NIL
            instruction = None
            if amount > paid:
                instruction = await instructions.charge_fee(
                    session, subject=("deal", deal.id), organisation_id=organisation_id,
                    amount=amount - paid, due_on=due_on
                )  # fmt: skip
            session.add(
                SettlementFee(
                    deal_id=deal.id,
                    role=role,
                    organisation_id=organisation_id,
                    position=position,
                    amount=amount,
                    from_deposit=paid,
                    instruction_id=instruction.id if instruction else None,
                )
            )
            position += 1


async def ask(session: Session, deal: Deal) -> None:
    """Let the open requests of a locked deal ask for exactly what is missing, part by part and buyer by buyer.

    While a contract is amended, nothing changes; where none stands, nobody is asked.
    """
    waiting = {row.id: row for row in await queries.lock_open_requests(session, deal.id)}
    settlement = await queries.find_settlement(session, deal.id)
    if settlement is None:
        return
    facts = await facts_of(session, deal, settlement)
    if not facts.contracts:
        await _drop_if_ended(session, deal, waiting)
        return
    asked: dict[tuple[UUID, int], list[PaymentInstruction]] = {}
    for request in settlement.requests:
        if request.instruction_id in waiting and request.instruction.status == InstructionStatus.OPEN:
            asked.setdefault((request.payer_id, request.position), []).append(request.instruction)
    for payer in facts.payers():
        for part, left in zip(settlement.parts, payer.left, strict=True):
            asking = asked.get((payer.payer_id, part.position), [])
            if sum((row.amount for row in asking), NIL) == left:
                continue
            for row in asking:
                reason = "Covered by what has arrived / 已由到账款项抵付"
                await instructions.cancel_request(session, row.id, reason=reason)
            if left > 0:
                await _request(session, deal, part, payer.payer_id, left)
    await session.flush()
    await _remind(session, deal)


async def _drop_if_ended(session: Session, deal: Deal, waiting: Iterable[UUID]) -> None:
    """Cancel every request if all contracts have ended, even if the bank took money back later."""
    if await queries.contract_in_force(session, deal.id) is None:
        for instruction_id in waiting:
            await instructions.cancel_request(session, instruction_id, reason="No contract stands / 合同均已终止")


async def _request(session: Session, deal: Deal, part: SettlementPart, payer_id: UUID, amount: Decimal) -> None:
    instruction = await instructions.request_price(
        session, deal=("deal", deal.id), payer_id=payer_id, amount=amount, due_on=part.due_on
    )
    session.add(
        SettlementRequest(instruction_id=instruction.id, deal_id=deal.id, position=part.position, payer_id=payer_id)
    )


async def _remind(session: Session, deal: Deal) -> None:
    """Set or end the deadlines of everything that a locked deal's parties were asked to pay."""
    now = await read_clock(session)
    for row in await queries.asked_for(session, deal.id):
        await date_reminders(session, row, now)


async def date_reminders(session: Session, row: PaymentInstruction, now: datetime) -> None:
    """An open instruction with a day has its reminders ahead; one that is paid or taken back has none."""
    if row.due_on is None:
        return
    days = int(parameter(REMINDER, on=session.city.day_of(now)).value)
    for kind, at in zip((DUE_SOON, OVERDUE), rules.reminders(row.due_on, days, session.city.zone), strict=True):
        if row.status != InstructionStatus.OPEN:
            await deadlines.cancel(session, kind, row.id)
        elif at > now:
            await deadlines.schedule(session, kind, row.id, at)


async def tell_of_due(session: Session, instruction_id: UUID, type_: str) -> None:
    """Tell both sides of a deal that what one was asked to pay is due soon, or overdue, if it is not paid."""
    deal_id = await queries.deal_of(session, instruction_id)
    if deal_id is None:
        return
    deal = await deals.lock_deal(session, deal_id)
    row = await queries.lock_asked(session, instruction_id)
    if row.status != InstructionStatus.OPEN:
        return
    payload = {
        "number": deal.number,
        "instruction": row.number,
        "kind": row.kind,
        "payer_id": row.organisation_id,
        "amount": row.amount,
        "due_on": row.due_on,
    }
    if type_ == DUE_SOON:
        events.append(session, "settlement.due_soon", ("deal", deal.id), audience=audience_of(deal), payload=payload)
    else:
        events.append(session, "settlement.overdue", ("deal", deal.id), audience=audience_of(deal), payload=payload)
