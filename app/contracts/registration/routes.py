"""HTTP of recognition and registration (认定登记)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query

from app.contracts import queries
from app.contracts.kinds import RegistrationStatus
from app.contracts.models import Registration
from app.contracts.registration import queries as registrations
from app.contracts.registration import schemas, service
from app.core.access import STAFF_ROLES, Actor, Role
from app.core.clock import read_clock
from app.core.problems import NOT_FOUND, Text
from app.core.web.access import EVERY_ROLE, allow
from app.core.web.http import Config, Endpoint, Session
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router

router = Router(route_class=Endpoint, tags=("registration",))

Reader = Annotated[Actor, allow(*EVERY_ROLE, scope="contracts:read")]
Staff = Annotated[Actor, allow(*STAFF_ROLES, scope="contracts:read")]
Applicant = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, scope="contracts:write", merged=True)]
Registrar = Annotated[Actor, allow(Role.REGISTRAR, scope="contracts:write")]

PATH = "/contracts/{contract_id}/registration"


@router.get("/registrations", operation_id="list_registrations")
async def list_registrations(
    actor: Staff,
    session: Session,
    page: Annotated[PageRequest, sorted_by(registrations.ORDERS, registrations.FILTERS)],
    status: Annotated[RegistrationStatus | None, Query(description="Without it, the open ones")] = None,
) -> Page[schemas.RegistrationWorklistItem]:
    """List open applications by the day their decision is due, those without one last. The registrar works from it."""
    found = await registrations.worklist(session, page, status)
    now = await read_clock(session)
    return found.shown(lambda row: _item(row, now))


@router.get(PATH, operation_id="read_registration")
async def read_registration(actor: Reader, session: Session, contract_id: UUID) -> schemas.ContractRegistrationOut:
    """Read a contract's application for registration with its whole history."""
    contract = await queries.get_contract(session, actor, contract_id)
    if contract.registration is None:
        raise NOT_FOUND(what=Text("registration", "认定登记申请"))
    return await _answer(session, contract.registration)


@router.post(PATH, status_code=201, operation_id="apply_for_registration")
async def apply(
    actor: Applicant, session: Session, contract_id: UUID, body: schemas.RegistrationApplicationIn
) -> schemas.ContractRegistrationOut:
    """Apply for the registration of a signed contract, as a seller, once."""
    return await _answer(session, await service.apply(session, actor, contract_id, body))


@router.post(f"{PATH}/acceptance", operation_id="accept_registration")
async def accept(
    actor: Registrar, session: Session, contract_id: UUID, body: schemas.RegistrationAcceptanceIn
) -> schemas.ContractRegistrationOut:
    """Accept an application. `decision_due_on` is later for a large contract, or one that goes before experts."""
    return await _answer(session, await service.accept(session, actor, contract_id, body))


@router.post(f"{PATH}/supplement-request", operation_id="request_supplements")
async def request_supplements(
    actor: Registrar, session: Session, contract_id: UUID, body: schemas.RegistrationSupplementsIn
) -> schemas.ContractRegistrationOut:
    """Ask the applicant for what is missing. The period begins again when it comes."""
    return await _answer(session, await service.request_supplements(session, actor, contract_id, body))


@router.post(f"{PATH}/resubmission", operation_id="resubmit_registration")
async def resubmit(
    actor: Applicant, session: Session, contract_id: UUID, body: schemas.RegistrationApplicationIn
) -> schemas.ContractRegistrationOut:
    """Supply what was missing from an application. Its acceptance is reset to today."""
    return await _answer(session, await service.resubmit(session, actor, contract_id, body))


@router.post(f"{PATH}/approval", operation_id="register_contract")
async def register(
    actor: Registrar, session: Session, settings: Config, contract_id: UUID, body: schemas.RegistrationApprovalIn
) -> schemas.ContractRegistrationOut:
    """Register the contract with both amounts. It gets its number."""
    return await _answer(session, await service.register(session, actor, settings, contract_id, body))


@router.post(f"{PATH}/refusal", operation_id="refuse_registration")
async def refuse(
    actor: Registrar, session: Session, contract_id: UUID, body: schemas.RegistrationRefusalIn
) -> schemas.ContractRegistrationOut:
    """Refuse an application, with the reason."""
    return await _answer(session, await service.refuse(session, actor, contract_id, body))


@router.post(f"{PATH}/cancellation", operation_id="cancel_registration")
async def cancel(
    actor: Registrar, session: Session, contract_id: UUID, body: schemas.RegistrationCancellationIn
) -> schemas.ContractRegistrationOut:
    """Cancel a registration, with the reason. Awards that rest on it come up for review."""
    return await _answer(session, await service.cancel(session, actor, contract_id, body))


async def _answer(session: Session, registration: Registration) -> schemas.ContractRegistrationOut:
    return schemas.ContractRegistrationOut.of(registration, server_time=await read_clock(session))


def _item(row: Registration, now: datetime) -> schemas.RegistrationWorklistItem:
    contract = row.contract
    return schemas.RegistrationWorklistItem.of(
        row,
        contract_number=contract.number,
        contract_name=contract.name,
        technical_amount=contract.technical_amount,
        server_time=now,
    )
