"""HTTP of deposits."""

from typing import Annotated
from uuid import UUID

from app.core.access import Actor
from app.core.clock import read_clock
from app.core.web.access import EVERY_ROLE, allow
from app.core.web.http import MoneyEndpoint, Session
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router
from app.office.ledger.deposits import queries, schemas

router = Router(route_class=MoneyEndpoint, tags=("ledger",))

Reader = Annotated[Actor, allow(*EVERY_ROLE, scope="ledger:read")]


@router.get("/deposits", operation_id="list_deposits")
async def list_deposits(
    actor: Reader,
    session: Session,
    page: Annotated[PageRequest, sorted_by(queries.ORDERS, queries.FILTERS)],
) -> Page[schemas.DepositOut]:
    """List your organisation's deposits, newest first. Staff see all."""
    found = await queries.list_deposits(session, actor, page)
    now = await read_clock(session)
    return found.shown(lambda row: schemas.DepositOut.of(row, server_time=now))


@router.get("/deposits/{deposit_id}", operation_id="read_deposit")
async def read_deposit(actor: Reader, session: Session, deposit_id: UUID) -> schemas.DepositOut:
    """Read a deposit, with the day by which it must be paid in or given back."""
    deposit = await queries.get_deposit(session, actor, deposit_id)
    return schemas.DepositOut.of(deposit, server_time=await read_clock(session))
