"""Use cases of recognition and registration (认定登记), each in the caller's transaction, under the contract's lock."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from app.contracts import hooks, queries
from app.contracts.kinds import ContractStatus
from app.contracts.models import Contract, Registration, RegistrationStep
from app.contracts.problems import CONTRACT_NOT_SIGNED
from app.contracts.registration import problems, rules, schemas
from app.contracts.registration.kinds import Clock, Step, Taker
from app.contracts.registration.rules import STEPS
from app.contracts.service import audience_of, check_side_of, parties_of
from app.core.access import Actor
from app.core.clock import read_clock, read_today
from app.core.database import Session
from app.core.history import events
from app.core.ids import new_id, next_in_series
from app.core.problems import NOT_FOUND, Text
from app.core.settings import Settings
from app.identity import queries as identity
from app.law.periods import service as periods
from app.market.deals import queries as deals
from app.market.deals.kinds import PartyRole

DECISION_DUE: Final = "registration.decision_due"
DECISION_PERIOD: Final = "registration_decision"
SUBJECT: Final = "registration"


@dataclass(frozen=True, slots=True)
class Case:
    """A locked contract and its application, for a step that may be taken now."""

    step: Step
    contract: Contract
    registration: Registration


async def apply(
    session: Session, actor: Actor, contract_id: UUID, body: schemas.RegistrationApplicationIn
) -> Registration:
    """A seller applies for a signed contract, once; after a refusal again on the amended contract [P].

    Raises `contract_party_only`, `contract_not_signed`, `registration_exists`, `applicant_out_of_scope`,
    `registration_no_rules`.
    """
    contract = await queries.lock_contract(session, actor, contract_id)
    check_side_of(actor, parties_of(contract, PartyRole.SELLER), STEPS[Step.APPLICATION].by.value)
    if contract.status != ContractStatus.SIGNED or contract.signed_on is None:
        raise CONTRACT_NOT_SIGNED(status=contract.status)
    registration = contract.registration
    rules.check_application(
        registration.status if registration else None,
        registration.contract_revision if registration else 0,
        contract.revision,
    )
    applicant_id = actor.organisation()
    rules.check_applicant(await _division_on(session, applicant_id, contract.signed_on), contract.signed_on)
    regime, now = rules.regime_of(contract.signed_on), await read_clock(session)
    if registration is None:
        registration = Registration(id=new_id(), steps=[], revision=0)
        contract.registration = registration
    registration.applicant_id = applicant_id
    registration.regime = regime
    registration.contract_revision = contract.revision
    registration.submitted_at = now
    registration.accepted_on = None
    registration.expert_review = False
    registration.reason = None
    return await _take(session, Case(Step.APPLICATION, contract, registration), body.note)


async def accept(
    session: Session, actor: Actor, contract_id: UUID, body: schemas.RegistrationAcceptanceIn
) -> Registration:
    """The registrar accepts today; the decision is due by the figure of the contract's day [D]."""
    case = await _open(session, actor, contract_id, Step.ACCEPTANCE)
    case.registration.expert_review = body.expert_review
    return await _take(session, case, body.note)


async def request_supplements(
    session: Session, actor: Actor, contract_id: UUID, body: schemas.RegistrationSupplementsIn
) -> Registration:
    """The registrar says what is missing; the period stops until it is supplied."""
    case = await _open(session, actor, contract_id, Step.SUPPLEMENT_REQUEST)
    case.registration.accepted_on = None
    return await _take(session, case, body.missing)


async def resubmit(
    session: Session, actor: Actor, contract_id: UUID, body: schemas.RegistrationApplicationIn
) -> Registration:
    """The applicant supplies what was missing: acceptance is reset to today, and the period begins again [D]."""
    return await _take(session, await _open(session, actor, contract_id, Step.RESUBMISSION), body.note)


async def register(
    session: Session, actor: Actor, settings: Settings, contract_id: UUID, body: schemas.RegistrationApprovalIn
) -> Registration:
    """The registrar recognises the contract with both amounts and gives it a number of 16 digits.

    Raises `total_not_confirmed`, `technical_above_contract`, `registration_reason_needed`.
    """
    case = await _open(session, actor, contract_id, Step.APPROVAL)
    contract, registration = case.contract, case.registration
    rules.check_recognised(
        contract.total_amount, contract.technical_amount, body.total_amount, body.technical_amount, body.reason
    )
    today = await read_today(session)
    region, station = settings.registry_region_code, settings.registry_station_code
    serial = await next_in_series(session, f"registry-{region}{station}", today.year)
    registration.number = rules.registry_number(region, station, today.year, serial)
    registration.registered_on = today
    registration.registered_total_amount = body.total_amount
    registration.registered_technical_amount = body.technical_amount
    registration.reason = body.reason
    return await _take(session, case, body.reason)


async def refuse(
    session: Session, actor: Actor, contract_id: UUID, body: schemas.RegistrationRefusalIn
) -> Registration:
    """The registrar refuses, with a reason. The seller may amend the contract and apply again [P]."""
    case = await _open(session, actor, contract_id, Step.REFUSAL)
    case.registration.reason = body.reason
    return await _take(session, case, body.reason)


async def cancel(
    session: Session, actor: Actor, contract_id: UUID, body: schemas.RegistrationCancellationIn
) -> Registration:
    """The registrar cancels a registration. Number and amounts stay on record; awards given on it must be reviewed."""
    await deals.lock_deal(session, (await queries.get_contract(session, actor, contract_id)).deal_id)
    case = await _open(session, actor, contract_id, Step.CANCELLATION)
    contract, registration = case.contract, case.registration
    now = await read_clock(session)
    today = session.city.day_of(now)
    registration.cancelled_on = today
    registration.reason = body.reason
    if body.contract_ended:
        contract.status, contract.cancelled_on = ContractStatus.CANCELLED, today
        contract.revision += 1
    await _take(session, case, body.reason)
    if body.contract_ended:
        await hooks.ended.announce(session, contract, now)
    return registration


async def _open(session: Session, actor: Actor, contract_id: UUID, step: Step) -> Case:
    """The contract of an application, locked, where the actor may take the step now.

    Raises `not_found`, `contract_party_only`, `conflict_of_interest`, `registration_step`.
    """
    contract = await queries.lock_contract(session, actor, contract_id)
    registration = contract.registration
    if registration is None:
        raise NOT_FOUND(what=Text("registration", "认定登记申请"))
    by = STEPS[step].by
    if by is Taker.REGISTRAR:
        await _check_impartial(session, actor, contract)
    else:
        check_side_of(actor, [registration.applicant_id], by.value)
    rules.check_step(step, registration.status)
    return Case(step, contract, registration)


async def _check_impartial(session: Session, actor: Actor, contract: Contract) -> None:
    for organisation_id in sorted({party.organisation_id for party in contract.parties}):
        if await identity.may_hold_key(session, actor.person_id, organisation_id):
            raise problems.CONFLICT_OF_INTEREST()


async def _division_on(session: Session, organisation_id: UUID, day: date) -> str | None:
    organisation = (await identity.organisations_by_id(session, [organisation_id]))[organisation_id]
    periods = [(row.division_code, row.valid_from, row.valid_to) for row in organisation.divisions]
    return rules.division_on(periods, day)


async def _take(session: Session, case: Case, note: str | None) -> Registration:
    """Take the step: move the period and the state by its row, and tell; the note stays in the history."""
    row, registration = STEPS[case.step], case.registration
    if row.clock is Clock.BEGINS:
        await _begin_period(session, case)
    elif row.clock is not None:
        today = await read_today(session)
        await periods.end(session, (SUBJECT, registration.id), DECISION_PERIOD, today, row.target.replace("_", " "))
        if row.clock is Clock.STOPS:
            registration.decision_due_on, registration.decision_due_provisional = None, False
    registration.status = row.target
    registration.revision += 1
    await session.flush()
    registration.steps.append(RegistrationStep(id=new_id(), status=row.target, note=note, at=await read_clock(session)))
    _tell(session, row.event, case.contract, registration)
    return registration


async def _begin_period(session: Session, case: Case) -> None:
    """Acceptance today: set the day the decision is due, and a deadline at its end."""
    contract, registration = case.contract, case.registration
    assert contract.signed_on is not None
    today = await read_today(session)
    figure = rules.decision_figure(contract.signed_on, contract.technical_amount, registration.expert_review)
    period = await periods.open_period(
        session,
        periods.Opening(
            DECISION_PERIOD,
            (SUBJECT, registration.id),
            today,
            audience_of(contract),
            deadline=DECISION_DUE,
            figure_on=contract.signed_on,
            figure=figure,
        ),
    )
    registration.accepted_on = period.starts_on
    registration.decision_due_on = period.ends_on
    registration.decision_due_provisional = period.provisional


def _tell(session: Session, type_: str, contract: Contract, registration: Registration) -> None:
    """Append an event for the parties and the market's staff."""
    payload = {
        "contract_number": contract.number,
        "number": registration.number,
        "regime": registration.regime,
        "accepted_on": registration.accepted_on,
        "decision_due_on": registration.decision_due_on,
        "total_amount": registration.registered_total_amount,
        "technical_amount": registration.registered_technical_amount,
    }
    events.append(session, type_, ("contract", contract.id), audience=audience_of(contract), payload=payload)
