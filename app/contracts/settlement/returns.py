"""Giving the price back (价款退还) that gathered for a deal whose contract has ended.

Order of locks: deal, instructions, accounts.
"""

from uuid import UUID

from app.contracts.settlement import queries
from app.contracts.settlement.problems import RETURN_NOT_DUE
from app.contracts.settlement.schemas import PriceReturnIn
from app.contracts.settlement.service import audience_of, facts_of
from app.core.access import Actor
from app.core.database import Session
from app.core.history import events
from app.core.problems import UNKNOWN_REFERENCE, Text
from app.market.deals import queries as deals
from app.office.ledger import queries as ledger
from app.office.ledger.instructions import service as instructions
from app.office.ledger.models import PaymentInstruction
from app.office.ledger.problems import MORE_THAN_HELD
from app.office.ledger.rules import price_account


async def give_back(session: Session, actor: Actor, deal_id: UUID, body: PriceReturnIn) -> PaymentInstruction:
    """Owe a buyer what gathered of its price (CNY), and instruct the bank; by the operator, for a stated reason [P].

    At most what this buyer paid through the exchange, its deposit included, and is still held. Raises
    `price_return_not_due` while a contract stands, `unknown_reference` for who is no buyer, `more_than_held` naming
    what would pass. Source: Civil Code art. 566, restoration after a contract has ended.
    """
    await queries.get_settlement(session, actor, deal_id)
    deal = await deals.lock_deal(session, deal_id)
    await queries.lock_instructions(session, deal.id)
    contract = await queries.contract_in_force(session, deal.id)
    if contract is not None:
        raise RETURN_NOT_DUE(number=contract.number)
    _, settlement = await queries.get_settlement(session, actor, deal_id)
    facts = await facts_of(session, deal, settlement)
    payer = next((row for row in facts.payers() if row.payer_id == body.organisation_id), None)
    if payer is None:
        raise UNKNOWN_REFERENCE(field="organisation_id", what=Text("buyer of the deal", "成交项目受让方"))
    place = price_account(deal.id)
    await ledger.lock_accounts(session, [place])
    held = min(payer.held, await ledger.balance_of(session, place))
    if body.amount > held:
        raise MORE_THAN_HELD(field="amount", amount=body.amount, held=held)
    made = await instructions.return_price(
        session, deal=("deal", deal.id), buyer_id=payer.payer_id, amount=body.amount, reason=body.reason
    )
    payload = {"number": deal.number, "instruction": made.number, "amount": body.amount, "reason": body.reason}
    events.append(session, "settlement.returned", ("deal", deal.id), audience=audience_of(deal), payload=payload)
    return made
