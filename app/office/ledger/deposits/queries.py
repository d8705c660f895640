"""Reading deposits, and who may see them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import Select, false, select

from app.core.access import Actor
from app.core.database import Session, find_one, read_all, read_one
from app.core.problems import NOT_FOUND
from app.core.web.filters import between, equal
from app.core.web.pages import Found, Orders, PageRequest, open_ended, read_page
from app.office.ledger.kinds import DepositStatus
from app.office.ledger.models import Deposit
from app.office.ledger.problems import DEPOSIT
from app.office.ledger.rules import Subject

LIVE = (DepositStatus.REQUESTED, DepositStatus.RECEIVED, DepositStatus.HELD)


ORDERS: Final = Orders("-id", Deposit.id, open_ended(Deposit.due_at), open_ended(Deposit.release_due_on))
FILTERS: Final = (
    equal(Deposit.status, DepositStatus, "Where it stands"),
    equal(Deposit.subject_id, UUID, "For this listing or auction"),
    equal(Deposit.organisation_id, UUID, "Of this organisation"),
    *between("due", Deposit.due_at),
    *between("release_due", Deposit.release_due_on),
)


async def latest_deposit(session: Session, subject: Subject, organisation_id: UUID) -> Deposit:
    """An organisation's newest deposit for a subject, whatever became of it; raises `not_found`."""
    statement = (
        select(Deposit)
        .where(Deposit.subject_id == subject[1], Deposit.organisation_id == organisation_id)
        .order_by(Deposit.id.desc())
        .limit(1)
    )
    return await read_one(session, statement, DEPOSIT, fresh=True)


async def deposit_amount(session: Session, subject: Subject, organisation_id: UUID) -> Decimal:
    """What an organisation's live deposit for a subject amounts to (CNY); raises `not_found`."""
    found = await live_deposit(session, subject, organisation_id)
    if found is None:
        raise NOT_FOUND(what=DEPOSIT)
    return found.required_amount


async def is_held(session: Session, subject: Subject, organisation_id: UUID) -> bool:
    """Whether an organisation's deposit for a subject is held now. Ask under the subject's lock."""
    statement = _live(subject, organisation_id).where(Deposit.status == DepositStatus.HELD)
    return await find_one(session, statement) is not None


def _live(subject: Subject, organisation_id: UUID) -> Select[Deposit]:
    return select(Deposit).where(
        Deposit.subject_type == subject[0],
        Deposit.subject_id == subject[1],
        Deposit.organisation_id == organisation_id,
        Deposit.status.in_(LIVE),
    )


async def live_deposit(session: Session, subject: Subject, organisation_id: UUID) -> Deposit | None:
    """The deposit that is asked for, received or held, if there is one."""
    return await find_one(session, _live(subject, organisation_id))


async def lock_latest_deposit(session: Session, subject: Subject, organisation_id: UUID) -> Deposit:
    """An organisation's newest deposit for a subject, locked; raises `not_found`."""
    statement = (
        select(Deposit)
        .where(
            Deposit.subject_type == subject[0],
            Deposit.subject_id == subject[1],
            Deposit.organisation_id == organisation_id,
        )
        .order_by(Deposit.id.desc())
        .limit(1)
    )
    return await _one_deposit(session, statement.with_for_update())


async def lock_live_deposits(session: Session, subject: Subject) -> Sequence[Deposit]:
    """Every live deposit for a subject, locked, in order."""
    statement = select(Deposit).where(
        Deposit.subject_type == subject[0], Deposit.subject_id == subject[1], Deposit.status.in_(LIVE)
    )
    statement = statement.order_by(Deposit.id).with_for_update().execution_options(populate_existing=True)
    return await read_all(session, statement)


async def find_free_deposit(session: Session, deposit_id: UUID, *, wait: bool) -> Deposit | None:
    """One deposit, locked; without `wait`, None where somebody else holds it."""
    statement = select(Deposit).where(Deposit.id == deposit_id).with_for_update(skip_locked=not wait)
    return await find_one(session, statement, fresh=True)


async def _one_deposit(session: Session, statement: Select[Deposit]) -> Deposit:
    return await read_one(session, statement, DEPOSIT, fresh=True)


async def lock_deposit(session: Session, deposit_id: UUID) -> Deposit:
    """One deposit, locked. Lock it before its instruction, and both before accounts."""
    return await _one_deposit(session, select(Deposit).where(Deposit.id == deposit_id).with_for_update())


async def find_deposit(session: Session, number: str) -> Deposit | None:
    """The deposit of a number, locked."""
    statement = select(Deposit).where(Deposit.number == number).with_for_update()
    return await find_one(session, statement, fresh=True)


def _visible_deposits(actor: Actor) -> Select[Deposit]:
    """Operator and auditor see every deposit, an organisation its own; who else deposited stays hidden."""
    if actor.oversees:
        return select(Deposit)
    if actor.organisation_id is None:
        return select(Deposit).where(false())
    return select(Deposit).where(Deposit.organisation_id == actor.organisation())


async def get_deposit(session: Session, actor: Actor, deposit_id: UUID) -> Deposit:
    """One deposit that the actor may see; raises `not_found`."""
    return await _one_deposit(session, _visible_deposits(actor).where(Deposit.id == deposit_id))


async def list_deposits(session: Session, actor: Actor, page: PageRequest) -> Found[Deposit]:
    """Deposits the actor may see, newest first."""
    return await read_page(session, _visible_deposits(actor), page, ORDERS)


async def deposits_for(session: Session, actor: Actor, subject: Subject) -> Sequence[Deposit]:
    """Every deposit for a subject that the actor may see, oldest first."""
    statement = _visible_deposits(actor).where(Deposit.subject_type == subject[0], Deposit.subject_id == subject[1])
    return await read_all(session, statement.order_by(Deposit.id))


async def has_deposits(session: Session, subject: Subject) -> bool:
    """Whether deposits were ever asked for a subject."""
    asked = select(Deposit.id).where(Deposit.subject_type == subject[0], Deposit.subject_id == subject[1])
    return bool((await session.execute(select(asked.exists()))).scalar_one())
