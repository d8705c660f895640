"""All reading of responses, and who may see what.

A response is between the two sides: its demander, its responder and the auditor see it; for everybody else, the
market's other staff included, it does not exist (404). The poster of a challenge sees its bids once they are closed.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Final
from uuid import UUID

from sqlalchemy import Select, and_, false, func, or_, select, update
from sqlalchemy.orm import selectinload
from sqlalchemy.sql.base import ExecutableOption

from app.catalogue.demands.responses.kinds import OPEN_STATUSES, ResponseStatus
from app.catalogue.demands.responses.models import DemandResponse
from app.core.access import Actor, Role
from app.core.database import Session, find_one, read_all, read_one
from app.core.problems import Text
from app.core.web.filters import between, equal
from app.core.web.pages import Found, Orders, PageRequest, read_page
from app.identity.queries import organisations_by_id

RESPONSE: Final = Text("response", "应答")
ORDERS: Final = Orders("-id", DemandResponse.id, DemandResponse.sent_at)
FILTERS: Final = (
    equal(DemandResponse.demand_id, UUID, "To this demand"),
    equal(DemandResponse.responder_id, UUID, "Of this responder; who asks may hide its name"),
    equal(DemandResponse.status, ResponseStatus, "Where it stands"),
    *between("sent", DemandResponse.sent_at),
)


@cache
def _parts() -> tuple[ExecutableOption, ...]:
    """What is loaded with it; made at first use, since it makes SQLAlchemy configure every mapper (0.1 s)."""
    return (selectinload(DemandResponse.results), selectinload(DemandResponse.partners))


def visible(actor: Actor) -> Select[DemandResponse]:
    """The responses an actor may see, with the results offered."""
    statement = select(DemandResponse).options(*_parts())
    if actor.has(Role.AUDITOR):
        return statement
    own = actor.organisation_id
    if own is None:
        return statement.where(false())
    received = and_(DemandResponse.demander_id == own, ~DemandResponse.sealed)
    return statement.where(or_(received, DemandResponse.responder_id == own))


async def get_response(session: Session, actor: Actor, response_id: UUID) -> DemandResponse:
    """A response the actor may see; raises `not_found`."""
    return await read_one(session, visible(actor).where(DemandResponse.id == response_id), RESPONSE, fresh=True)


async def read_response(session: Session, response_id: UUID) -> DemandResponse:
    """A response, without a check of access, for what a deal causes; raises `not_found`."""
    return await read_one(session, select(DemandResponse).where(DemandResponse.id == response_id), RESPONSE)


async def lock_response(session: Session, response_id: UUID) -> DemandResponse:
    """A response, locked, without a check of access. Lock its demand first."""
    statement = select(DemandResponse).where(DemandResponse.id == response_id).options(*_parts())
    return await read_one(session, statement.with_for_update(of=DemandResponse, key_share=True), RESPONSE, fresh=True)


async def lock_open(session: Session, demand_id: UUID, limit: int) -> Sequence[DemandResponse]:
    """Some open responses to a demand, locked, in the order of their ids."""
    statement = select(DemandResponse).where(
        DemandResponse.demand_id == demand_id, DemandResponse.status.in_(OPEN_STATUSES)
    )
    statement = statement.order_by(DemandResponse.id).limit(limit).with_for_update(key_share=True)
    return await read_all(session, statement, fresh=True)


async def unseal(session: Session, demand_id: UUID) -> None:
    """The bids of a challenge are closed: its poster may read them."""
    mine = DemandResponse.demand_id == demand_id, DemandResponse.sealed
    await session.execute(update(DemandResponse).where(*mine).values(sealed=False))


async def agreed_on(session: Session, demand_id: UUID) -> DemandResponse | None:
    """The response that a demand's demander has agreed on, if there is one."""
    mine = DemandResponse.demand_id == demand_id, DemandResponse.status == ResponseStatus.AGREED
    return await find_one(session, select(DemandResponse).where(*mine))


async def list_responses(session: Session, actor: Actor, page: PageRequest) -> Found[DemandResponse]:
    """A page of the responses an actor may see, newest first."""
    return await read_page(session, visible(actor), page, ORDERS)


async def count_open(session: Session, responder_id: UUID) -> int:
    """How many responses of an organisation are not over."""
    mine = DemandResponse.responder_id == responder_id, DemandResponse.status.in_(OPEN_STATUSES)
    return (await session.execute(select(func.count()).where(*mine))).scalar_one()


async def names_of(session: Session, rows: Iterable[DemandResponse]) -> Mapping[UUID, str]:
    """The names of both sides of some responses and of the partners, by id."""
    ids = {side for row in rows for side in (row.demander_id, row.responder_id)}
    ids |= {partner.organisation_id for row in rows for partner in row.partners}
    return {key: found.name for key, found in (await organisations_by_id(session, ids)).items()}
