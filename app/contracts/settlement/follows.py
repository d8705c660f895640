"""What settlement do without a request: when a deadline falls due, and when others announce or ask."""

from datetime import datetime
from typing import Final
from uuid import UUID

from app.contracts import hooks as contracts
from app.contracts.models import Contract
from app.contracts.settlement import queries, service
from app.core import deadlines
from app.core.database import Session
from app.core.hooks import Link, follows, provides
from app.law.periods.service import hold_calendar
from app.market.deals import hooks as deal_hooks
from app.market.deals import queries as deals
from app.office.ledger.instructions import hooks as instruction_hooks
from app.office.ledger.instructions import service as instructions
from app.office.ledger.models import PaymentInstruction


async def when_bank_moves_money_look_again(session: Session, instruction: PaymentInstruction, now: datetime) -> None:
    """A price or a fee was paid, or its confirmation reversed: the deal is looked at by a worker, under its lock."""
    deal_id = await queries.deal_of(session, instruction.id)
    if deal_id is not None:
        await service.date_reminders(session, instruction, now)
        await deadlines.schedule(session, service.MOVED, deal_id, now)


async def remind(session: Session, instruction_id: UUID, now: datetime) -> None:
    """Some days before what was asked for is due."""
    await service.tell_of_due(session, instruction_id, service.DUE_SOON)


async def overdue(session: Session, instruction_id: UUID, now: datetime) -> None:
    """The day due of what was asked for is over."""
    await service.tell_of_due(session, instruction_id, service.OVERDUE)


async def when_contract_changes_look_again(session: Session, contract: Contract, now: datetime) -> None:
    """A contract of a settled deal was signed, or is amended and no longer signed: look whether conditions hold."""
    if await queries.find_settlement(session, contract.deal_id) is not None:
        await deadlines.schedule(session, service.MOVED, contract.deal_id, now)


async def when_seller_records_payment_ask_again(session: Session, contract: Contract, now: datetime) -> None:
    """A seller recorded what it received itself: the exchange asks for that much less, or for it again."""
    deal = await deals.lock_deal(session, contract.deal_id)
    if await queries.find_settlement(session, deal.id) is not None:
        await service.ask(session, deal)
        await deadlines.schedule(session, service.MOVED, deal.id, now)


async def when_contract_ends_stop_asking(session: Session, contract: Contract, now: datetime) -> None:
    """A contract ended: where no other contract of the deal stands, nobody is asked for its price any more."""
    if await queries.find_settlement(session, contract.deal_id) is None:
        return
    # Before the instructions: the revocation of the certificate, which follows, may end a period.
    await hold_calendar(session)
    if not await queries.signed_contracts(session, contract.deal_id):
        for row in await queries.lock_open_requests(session, contract.deal_id):
            await instructions.cancel_request(session, row.id, reason=f"{contract.number} ended / 合同终止")
    await deadlines.schedule(session, service.MOVED, contract.deal_id, now)


LINKS: Final[tuple[Link, ...]] = (
    provides(deadlines.HANDLERS, service.DUE_SOON, remind),
    provides(deadlines.HANDLERS, service.OVERDUE, overdue),
    follows(deal_hooks.contracted, service.when_contract_is_signed_open_settlement),
    follows(instruction_hooks.instruction_moved, when_bank_moves_money_look_again),
    follows(contracts.signed, when_contract_changes_look_again),
    follows(contracts.amended, when_contract_changes_look_again),
    follows(contracts.paid, when_seller_records_payment_ask_again),
    follows(contracts.ended, when_contract_ends_stop_asking),
)
