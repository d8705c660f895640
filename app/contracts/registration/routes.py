"""HTTP of recognition and registration (认定登记)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from app.contracts import queries
from app.contracts.kinds import RegistrationStatus
from app.contracts.models import Registration
from app.contracts.registration import schemas, service
from app.core.access import STAFF_ROLES, Actor, Role
from app.core.clock import read_clock
from app.core.problems import NOT_FOUND, Text
from app.core.web.access import EVERY_ROLE, allow
from app.core.web.http import Config, Endpoint, Paging, Session, set_etag
from app.core.web.pages import Page

router = APIRouter(route_class=Endpoint, tags=["registration"])

Reader = Annotated[Actor, allow(*EVERY_ROLE, scope="contracts:read")]
Staff = Annotated[Actor, allow(*STAFF_ROLES, scope="contracts:read")]
Applicant = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, scope="contracts:write")]
Registrar = Annotated[Actor, allow(Role.REGISTRAR, scope="contracts:write")]

PATH = "/contracts/{contract_id}/registration"


@router.get("/registrations", operation_id="list_registrations")
async def list_registrations(
    actor: Staff, session: Session, page: Paging, status: RegistrationStatus | None = None
) -> Page[schemas.RegistrationWorklistItem]:
    """List open applications by the day their decision is due, those without one last. The registrar works from it."""
    found = await queries.worklist(session, page, status)
    now = await read_clock(session)
    return found.shown(lambda row: _item(row, now))


@router.get(PATH, operation_id="read_registration")
async def read_registration(
    actor: Reader, session: Session, contract_id: UUID, response: Response
) -> schemas.ContractRegistrationOut:
    """Read a contract's application for registration with its whole history."""
    contract = await queries.get_contract(session, actor, contract_id)
    if contract.registration is None:
        raise NOT_FOUND(what=Text("registration", "认定登记申请"))
    return _answer(contract.registration, await read_clock(session), response)


@router.post(PATH, status_code=201, operation_id="apply_for_registration")
async def apply(
    actor: Applicant,
    session: Session,
    settings: Config,
    contract_id: UUID,
    body: schemas.RegistrationApplicationIn,
    response: Response,
) -> schemas.ContractRegistrationOut:
    """Apply for the registration of a signed contract, as a seller, once."""
    registration = await service.apply(session, actor, settings, contract_id, body)
    return _answer(registration, await read_clock(session), response)


@router.post(f"{PATH}/acceptance", operation_id="accept_registration")
async def accept(
    actor: Registrar,
    session: Session,
    settings: Config,
    contract_id: UUID,
    body: schemas.RegistrationAcceptanceIn,
    response: Response,
) -> schemas.ContractRegistrationOut:
    """Accept an application. `decision_due_on` is later for a large contract, or one that goes before experts."""
    registration = await service.accept(session, actor, settings, contract_id, body)
    return _answer(registration, await read_clock(session), response)


@router.post(f"{PATH}/supplement-request", operation_id="request_supplements")
async def request_supplements(
    actor: Registrar,
    session: Session,
    settings: Config,
    contract_id: UUID,
    body: schemas.RegistrationSupplementsIn,
    response: Response,
) -> schemas.ContractRegistrationOut:
    """Ask the applicant for what is missing. The period begins again when it comes."""
    registration = await service.request_supplements(session, actor, settings, contract_id, body)
    return _answer(registration, await read_clock(session), response)


@router.post(f"{PATH}/resubmission", operation_id="resubmit_registration")
async def resubmit(
    actor: Applicant,
    session: Session,
    settings: Config,
    contract_id: UUID,
    body: schemas.RegistrationApplicationIn,
    response: Response,
) -> schemas.ContractRegistrationOut:
    """Supply what was missing from an application. Its acceptance is reset to today."""
    registration = await service.resubmit(session, actor, settings, contract_id, body)
    return _answer(registration, await read_clock(session), response)


@router.post(f"{PATH}/approval", operation_id="register_contract")
async def register(
    actor: Registrar,
    session: Session,
    settings: Config,
    contract_id: UUID,
    body: schemas.RegistrationApprovalIn,
    response: Response,
) -> schemas.ContractRegistrationOut:
    """Register the contract with both amounts. It gets its number."""
    registration = await service.register(session, actor, settings, contract_id, body)
    return _answer(registration, await read_clock(session), response)


@router.post(f"{PATH}/refusal", operation_id="refuse_registration")
async def refuse(
    actor: Registrar,
    session: Session,
    settings: Config,
    contract_id: UUID,
    body: schemas.RegistrationRefusalIn,
    response: Response,
) -> schemas.ContractRegistrationOut:
    """Refuse an application, with the reason."""
    registration = await service.refuse(session, actor, settings, contract_id, body)
    return _answer(registration, await read_clock(session), response)


@router.post(f"{PATH}/cancellation", operation_id="cancel_registration")
async def cancel(
    actor: Registrar,
    session: Session,
    settings: Config,
    contract_id: UUID,
    body: schemas.RegistrationCancellationIn,
    response: Response,
) -> schemas.ContractRegistrationOut:
    """Cancel a registration, with the reason. Awards that rest on it come up for review."""
    registration = await service.cancel(session, actor, settings, contract_id, body)
    return _answer(registration, await read_clock(session), response)


def _answer(registration: Registration, now: datetime, response: Response) -> schemas.ContractRegistrationOut:
    set_etag(response, registration.revision)
    fields = schemas.ContractRegistrationOut.model_fields
    values = {name: getattr(registration, name) for name in fields if name != "server_time"}
    return schemas.ContractRegistrationOut.model_validate(values | {"server_time": now})


def _item(row: Registration, now: datetime) -> schemas.RegistrationWorklistItem:
    return schemas.RegistrationWorklistItem(
        contract_id=row.contract_id,
        contract_number=row.contract.number,
        contract_name=row.contract.name,
        technical_amount=row.contract.technical_amount,
        applicant_id=row.applicant_id,
        status=row.status,
        submitted_at=row.submitted_at,
        accepted_on=row.accepted_on,
        decision_due_on=row.decision_due_on,
        decision_due_provisional=row.decision_due_provisional,
        server_time=now,
    )
