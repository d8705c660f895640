"""All reading of demands, and who may see what.

A published demand is for everybody. The draft is for its demander, the operator and the auditor; to everybody else,
the registrar and the award officer included, it does not exist (404).
"""

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, select

from app.catalogue.demands.kinds import PUBLIC_STATUSES, CheckStatus, DemandKind, DemandStatus
from app.catalogue.demands.models import Demand, DemandVersion
from app.catalogue.demands.schemas import DemandFilter
from app.core.access import Actor
from app.core.database import Session, given, read_all, read_one
from app.core.problems import NOT_FOUND, Text
from app.core.web.filters import equal
from app.core.web.pages import Found, Orders, PageRequest, cut_in, ordered, read_page

DEMAND: Final = Text("demand", "需求")
PUBLISHED: Final = Orders("-published_at", Demand.id, Demand.published_at, Demand.budget, Demand.closes_at)
"""In the order of the budget only those that have one are listed."""
OWN: Final = Orders("-id", Demand.id)
DESK: Final = Orders("id", Demand.id)
OWN_FILTERS: Final = (
    equal(Demand.status, DemandStatus, "Where the demand stands"),
    equal(Demand.check_status, CheckStatus, "Where its draft stands"),
    equal(Demand.kind, DemandKind, "What is asked for"),
)
DESK_FILTERS: Final = (*OWN_FILTERS, equal(Demand.demander_id, UUID, "Of this demander"))


def is_public(demand: Demand) -> bool:
    """Whether everyone may see it: it was published once and was not removed."""
    return demand.version > 0 and demand.status in PUBLIC_STATUSES


def _public() -> ColumnElement[bool]:
    return and_(Demand.version > 0, Demand.status.in_(PUBLIC_STATUSES))


def _own(actor: Actor) -> Select[Demand]:
    if actor.oversees:
        return select(Demand)
    return select(Demand).where(Demand.demander_id == actor.organisation_id)


async def get_draft(session: Session, actor: Actor, demand_id: UUID) -> Demand:
    """A demand in full, for those who see its draft; raises `not_found`."""
    return await read_one(session, _own(actor).where(Demand.id == demand_id), DEMAND)


async def lock_own(session: Session, actor: Actor, demand_id: UUID) -> Demand:
    """The same, locked until the transaction ends."""
    statement = _own(actor).where(Demand.id == demand_id).with_for_update(key_share=True)
    return await read_one(session, statement, DEMAND, fresh=True)


async def lock_demand(session: Session, demand_id: UUID) -> Demand:
    """A demand, locked, without a check of access; raises `not_found`."""
    statement = select(Demand).where(Demand.id == demand_id).with_for_update(key_share=True)
    return await read_one(session, statement, DEMAND, fresh=True)


async def lock_public(session: Session, demand_id: UUID) -> Demand:
    """A demand that everyone may see, locked; raises `not_found` for any other."""
    statement = select(Demand).where(Demand.id == demand_id, _public()).with_for_update(key_share=True)
    return await read_one(session, statement, DEMAND, fresh=True)


async def list_own(session: Session, actor: Actor, page: PageRequest) -> Found[Demand]:
    """What an organisation asks for, newest first, in every state."""
    statement = select(Demand).where(Demand.demander_id == actor.organisation())
    return await read_page(session, statement, page, OWN)


async def list_for_staff(session: Session, page: PageRequest) -> Found[Demand]:
    """The operator's desk: all demands by the state of their draft, oldest first."""
    return await read_page(session, select(Demand), page, DESK)


async def public_demand(session: Session, demand_id: UUID) -> tuple[Demand, DemandVersion]:
    """A demand that everyone may see, with what is published of it; raises `not_found`."""
    statement = _with_version().where(Demand.id == demand_id, _public())
    found = (await session.execute(statement, execution_options={"populate_existing": True})).one_or_none()
    if found is None:
        raise NOT_FOUND(what=DEMAND)
    return found[0], found[1]


async def public_version(session: Session, demand_id: UUID, version: int) -> DemandVersion:
    """A version of a demand that everyone may see; raises `not_found`."""
    statement = (
        select(DemandVersion)
        .join(Demand, Demand.id == DemandVersion.demand_id)
        .where(DemandVersion.demand_id == demand_id, DemandVersion.version == version, _public())
    )
    return await read_one(session, statement, Text("demand version", "需求版本"))


async def get_version(session: Session, demand_id: UUID, version: int) -> DemandVersion | None:
    """What was published as that version, if it was."""
    return await session.get(DemandVersion, (demand_id, version))


async def hidden_names(session: Session, ids: Iterable[UUID]) -> frozenset[UUID]:
    """Which of some demands do not tell who asks."""
    statement = select(Demand.id).where(Demand.id.in_(list(ids)), Demand.name_hidden.is_(True))
    return frozenset(await read_all(session, statement))


def _with_version() -> Select[Demand, DemandVersion]:
    joined = and_(DemandVersion.demand_id == Demand.id, DemandVersion.version == Demand.version)
    return select(Demand, DemandVersion).join(DemandVersion, joined)


async def list_published(
    session: Session, wanted: DemandFilter, page: PageRequest
) -> Found[Row[Demand, DemandVersion]]:
    """A page of public demands in the order asked for. Raises what `PageRequest.after` does.

    A demander is found by its id only where it shows its name. Demands without a budget are not in the order of it.
    """
    order = page.sorted_as(PUBLISHED)
    statement = _with_version().where(Demand.version > 0, Demand.status == wanted.status)
    statement = given(statement, (Demand.kind, wanted.kind), (Demand.technical_field, wanted.technical_field))
    statement = statement.where(*_narrowed(wanted))
    if order.name.endswith("budget"):
        statement = statement.where(Demand.budget.is_not(None))
    rows: Sequence[Row[Demand, DemandVersion]] = (await session.execute(ordered(statement, page, order))).all()
    return cut_in(order, rows, page, lambda row: row[0])


def _narrowed(wanted: DemandFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.industry is not None:
        conditions.append(Demand.industry_code.startswith(wanted.industry, autoescape=True))
    if wanted.solution is not None:
        conditions.append(Demand.solutions.contains([wanted.solution]))
    if wanted.demander_id is not None:
        conditions.append(and_(Demand.demander_id == wanted.demander_id, Demand.name_hidden.is_(False)))
    if wanted.budget_min is not None:
        conditions.append(Demand.budget >= wanted.budget_min)
    if wanted.budget_max is not None:
        conditions.append(Demand.budget <= wanted.budget_max)
    return conditions
