"""Reading applications for recognition and registration; who sees the contract sees its registration."""

from typing import Final
from uuid import UUID

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import contains_eager

from app.contracts.kinds import RegistrationStatus
from app.contracts.models import Contract, Registration
from app.core.database import Session, find_one
from app.core.web.filters import between, equal
from app.core.web.pages import Found, Orders, PageRequest, open_ended, read_page

OPEN_CASES = (
    RegistrationStatus.SUBMITTED,
    RegistrationStatus.ACCEPTED,
    RegistrationStatus.SUPPLEMENTS_REQUESTED,
)
# Written out, for the index of the open ones is found by what the statement says.
_OPEN: Final = Registration.status.in_(bindparam("open", OPEN_CASES, expanding=True, literal_execute=True))
ORDERS: Final = Orders("decision_due_on", Registration.id, open_ended(Registration.decision_due_on))
FILTERS: Final = (
    equal(Registration.contract_id, UUID, "Of this contract"),
    equal(Registration.applicant_id, UUID, "Filed by this organisation"),
    *between("decision_due", Registration.decision_due_on),
)


async def worklist(session: Session, page: PageRequest, status: RegistrationStatus | None) -> Found[Registration]:
    """Applications by the day their decision is due, those without one last; by default the open ones."""
    statement = (
        select(Registration)
        .join(Registration.contract)
        .options(contains_eager(Registration.contract))
        .where(_OPEN if status is None else Registration.status == status)
    )
    return await read_page(session, statement, page, ORDERS)


async def lock_registration(session: Session, registration_id: UUID) -> Registration:
    """A registration with its contract, locked by the contract's row."""
    return (await session.execute(_for_change(registration_id))).scalar_one()


async def find_free_registration(session: Session, registration_id: UUID, *, wait: bool) -> Registration | None:
    """The same; without `wait`, None where somebody else holds the contract."""
    statement = _for_change(registration_id, skip_locked=not wait)
    return await find_one(session, statement)


def _for_change(registration_id: UUID, *, skip_locked: bool = False) -> Select[Registration]:
    return (
        select(Registration)
        .join(Registration.contract)
        .options(contains_eager(Registration.contract))
        .where(Registration.id == registration_id)
        .with_for_update(of=Contract, key_share=True, skip_locked=skip_locked)
        .execution_options(populate_existing=True)
    )
