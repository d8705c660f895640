"""HTTP of settlement."""

from typing import Annotated
from uuid import UUID

from app.contracts.settlement import queries, returns, schemas, service
from app.core.access import Actor, Role
from app.core.clock import read_clock
from app.core.web.access import EVERY_ROLE, allow
from app.core.web.http import Endpoint, MoneyEndpoint, Session
from app.core.web.routing import Router
from app.office.ledger import queries as ledger
from app.office.ledger.rules import price_account

router = Router(route_class=Endpoint, tags=("settlement",))
money_router = Router(route_class=MoneyEndpoint)

Reader = Annotated[Actor, allow(*EVERY_ROLE, scope="deals:read")]
Operator = Annotated[Actor, allow(Role.OPERATOR, scope="ledger:write")]


@router.get("/deals/{deal_id}/settlement", operation_id="read_settlement")
async def read_settlement(actor: Reader, session: Session, deal_id: UUID) -> schemas.SettlementOut:
    """Read what is due on a deal, has arrived, is held and was paid out (结算). Its parties and staff may.

    There is one from the signing of the contract of a deal that was made on the exchange.
    """
    deal, settlement = await queries.get_settlement(session, actor, deal_id)
    facts = await service.facts_of(session, deal, settlement)
    held = await ledger.balance_of(session, price_account(deal.id))
    return schemas.settlement_out(deal, facts, held, await read_clock(session))


@money_router.post("/deals/{deal_id}/price-returns", status_code=201, operation_id="return_price")
async def return_price(
    actor: Operator, session: Session, deal_id: UUID, body: schemas.PriceReturnIn
) -> schemas.InstructionBrief:
    """Return to a buyer what gathered of its price (价款退还), once the deal's contract has ended.

    This makes the instruction to the bank. What was paid out to the sellers is theirs to give back.
    """
    return schemas.InstructionBrief.model_validate(await returns.give_back(session, actor, deal_id, body))


router.include_router(money_router)
