"""HTTP of settlement."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

import app.settlement.history  # noqa: F401 — tells the price dossier
from app.core.access import EVERY_ROLE, Actor, allow
from app.core.clock import read_clock
from app.core.http import Endpoint, Session
from app.ledger import queries as ledger
from app.ledger.rules import settlement as gathered
from app.settlement import queries, schemas, service

router = APIRouter(route_class=Endpoint, tags=["settlement"])

Reader = Annotated[Actor, allow(*EVERY_ROLE, scope="deals:read")]


@router.get("/deals/{deal_id}/settlement", operation_id="read_settlement")
async def read_settlement(actor: Reader, session: Session, deal_id: UUID) -> schemas.SettlementOut:
    """What is due on a deal, has arrived, is held and was paid out (结算), for its parties and the market's staff.

    There is one from the signing of the contract of a deal that was made on the exchange.
    """
    deal, settlement = await queries.get_settlement(session, actor, deal_id)
    facts = await service.facts_of(session, deal, settlement)
    held = await ledger.balance_of(session, gathered(("deal", deal.id)))
    return schemas.settlement_out(deal, facts, held, await read_clock(session))
