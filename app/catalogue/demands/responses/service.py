"""Use cases of responses; each runs in the caller's transaction. Lock order: demand, response.

A response changes nothing that others see: no count, no revision, no state of the demand.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from app.catalogue.demands import queries as demands
from app.catalogue.demands import rules as demand_rules
from app.catalogue.demands.kinds import DemandKind, SolutionWay
from app.catalogue.demands.models import Demand
from app.catalogue.demands.responses import queries, rules, schemas
from app.catalogue.demands.responses.kinds import ResponderCapacity, ResponseMove, ResponseMover
from app.catalogue.demands.responses.models import DemandResponse, OfferedResult, ResponsePartner
from app.catalogue.demands.responses.problems import RESPONSE_AGREED, RESPONSE_EXISTS, SECRET_RESULT
from app.catalogue.results import queries as results
from app.catalogue.results.kinds import Secrecy
from app.core.access import Actor
from app.core.clock import read_clock, read_today
from app.core.database import Session, add_unique
from app.core.history import events
from app.core.ids import NumberPrefix, readable_number
from app.core.problems import NOT_VERIFIED, UNKNOWN_REFERENCE
from app.core.web.preconditions import Precondition
from app.identity import queries as identity
from app.identity.kinds import Verification
from app.identity.mergers.queries import check_none_merged, with_heirs
from app.identity.problems import ORGANISATION
from app.identity.qualities.service import is_agency
from app.law.quotas.kinds import Quota
from app.law.quotas.rules import check_room

SUBJECT: Final = "demand_response"
AT_ONCE: Final = 100
"""Responses that lapse in one transaction."""


async def respond(session: Session, actor: Actor, demand_id: UUID, body: schemas.DemandResponseIn) -> DemandResponse:
    """Respond to a published demand, once at a time. What is offered may still be amended.

    Raises `demand_not_open`, `own_demand`, `capacity_unfit`, `mode_not_asked_for`, `response_exists`, `quota_reached`,
    `organisation_merged`;
    `not_found` for a result that is not the responder's, and `secret_result_offered`.
    """
    demand = await demands.lock_public(session, demand_id)
    now = await read_clock(session)
    responder_id = actor.organisation()
    await _check_sides(session, responder_id, body.partner_ids, demand)
    demand_rules.check_open(demand.status, demand.closes_at, now)
    await _check_capacity(session, responder_id, body.capacity, body, session.city.day_of(now))
    _check_mode(demand, body)
    partners = await _partners(session, responder_id, body.partner_ids)
    await check_none_merged(session, body.partner_ids, "partner_ids")
    offered = await _offered(session, actor, body.result_ids)
    check_room(Quota.REQUESTS, await queries.count_open(session, responder_id), session.city.day_of(now))
    response = DemandResponse(
        number=await readable_number(session, NumberPrefix.DEMAND_RESPONSE, now),
        demand_id=demand.id,
        demand_version=demand.version,
        demander_id=demand.demander_id,
        responder_id=responder_id,
        sent_at=now,
        sealed=demand.kind == DemandKind.CHALLENGE,
        partners=partners,
        results=offered,
        **body.model_dump(exclude={"result_ids", "partner_ids"}),
    )
    await add_unique(session, response, RESPONSE_EXISTS(number=demand.number), "uq_demand_responses_open")
    tell(session, response, "demand_response.sent")
    return response


async def amend(
    session: Session, actor: Actor, response_id: UUID, body: schemas.DemandResponseBody, precondition: Precondition
) -> DemandResponse:
    """Replace what a response offers, as its responder, until it is over."""
    demand, response = await _lock_both(session, actor, response_id)
    precondition.check(response.revision)
    move(response, ResponseMove.AMENDMENT, rules.side_of(actor.organisation(), response.demander_id))
    await _check_amendable(session, demand)
    await _check_sides(session, response.responder_id, body.partner_ids, demand)
    await _check_capacity(session, response.responder_id, response.capacity, body, await read_today(session))
    _check_mode(demand, body)
    partners = await _partners(session, response.responder_id, body.partner_ids)
    offered = await _offered(session, actor, body.result_ids)
    response.results.clear()
    response.partners.clear()
    await session.flush()
    response.results.extend(offered)
    response.partners.extend(partners)
    for name, value in body.model_dump(exclude={"result_ids", "partner_ids"}).items():
        setattr(response, name, value)
    tell(session, response, "demand_response.amended")
    return response


async def shortlist(session: Session, actor: Actor, response_id: UUID) -> DemandResponse:
    """Put a response on the short list, as the demander: its responder learns who asks."""
    return await _decide(session, actor, response_id, ResponseMove.SHORTLISTING, "demand_response.shortlisted")


async def agree(session: Session, actor: Actor, response_id: UUID) -> DemandResponse:
    """Agree on one response, to go on to a deal with it. Of two at once the first counts.

    Raises `other_response_agreed`, `demand_not_open`.
    """
    demand, response = await _lock_both(session, actor, response_id)
    rules.check_choice(ResponseMove.AGREEMENT, response.status, demand.kind)
    move(response, ResponseMove.AGREEMENT, rules.side_of(actor.organisation(), response.demander_id))
    demand_rules.check_live(demand.status)
    await add_unique(session, response, RESPONSE_AGREED(number=demand.number), "uq_demand_responses_agreed")
    tell(session, response, "demand_response.agreed")
    return response


async def decline(session: Session, actor: Actor, response_id: UUID, body: schemas.DeclineIn) -> DemandResponse:
    """Decline a response with a structured reason, as the demander, also one that was agreed on."""
    demand, response = await _lock_both(session, actor, response_id)
    rules.check_choice(ResponseMove.DECLINE, response.status, demand.kind)
    response.decline_reason, response.status_note = body.reason, body.note
    move(response, ResponseMove.DECLINE, rules.side_of(actor.organisation(), response.demander_id))
    tell(session, response, "demand_response.declined", {"reason": body.reason})
    return response


async def withdraw(session: Session, actor: Actor, response_id: UUID) -> DemandResponse:
    """Take a response back, as its responder."""
    return await _decide(session, actor, response_id, ResponseMove.WITHDRAWAL, "demand_response.withdrawn", live=False)


async def lapse_some(session: Session, demand_id: UUID) -> bool:
    """Let open responses to a demand that has ended lapse, `AT_ONCE` of them; answers whether there may be more."""
    demand = await demands.lock_demand(session, demand_id)
    if demand.status in demand_rules.OPEN_TO_CHANGE:
        return False
    found = await queries.lock_open(session, demand.id, AT_ONCE)
    for response in found:
        move(response, ResponseMove.LAPSE, ResponseMover.DEMAND)
        tell(session, response, "demand_response.lapsed")
    return len(found) == AT_ONCE


async def lock_agreed(session: Session, actor: Actor, response_id: UUID) -> DemandResponse:
    """An agreed response to the actor's demand, locked with its demand, to hand it over to a deal.

    Raises `response_transition_refused` for any other, and for its responder.
    """
    _, response = await _lock_both(session, actor, response_id)
    rules.after(ResponseMove.HANDOVER, rules.side_of(actor.organisation(), response.demander_id), response.status)
    return response


def fulfil(session: Session, response: DemandResponse) -> None:
    """A deal made from an agreed response is under contract. Lock held."""
    move(response, ResponseMove.FULFILMENT, ResponseMover.DEAL)
    tell(session, response, "demand_response.fulfilled")


def move(response: DemandResponse, step: ResponseMove, mover: ResponseMover) -> None:
    """Make a step; raises `response_transition_refused`."""
    response.status = rules.after(step, mover, response.status)
    response.revision += 1


def tell(session: Session, response: DemandResponse, event: str, payload: Mapping[str, Any] | None = None) -> None:
    """Append the event for the two sides, and nobody else."""
    body = {"number": response.number, "demand_id": response.demand_id, "status": response.status}
    audience = [response.demander_id, response.responder_id]
    events.append(session, event, (SUBJECT, response.id), audience=audience, payload=body | dict(payload or {}))


async def _decide(
    session: Session, actor: Actor, response_id: UUID, step: ResponseMove, event: str, *, live: bool = True
) -> DemandResponse:
    demand, response = await _lock_both(session, actor, response_id)
    rules.check_choice(step, response.status, demand.kind)
    move(response, step, rules.side_of(actor.organisation(), response.demander_id))
    if live:
        demand_rules.check_live(demand.status)
    tell(session, response, event)
    return response


async def _lock_both(session: Session, actor: Actor, response_id: UUID) -> tuple[Demand, DemandResponse]:
    seen = await queries.get_response(session, actor, response_id)
    demand = await demands.lock_demand(session, seen.demand_id)
    return demand, await queries.lock_response(session, response_id)


async def _check_capacity(
    session: Session, responder_id: UUID, capacity: ResponderCapacity, body: schemas.DemandResponseBody, today: date
) -> None:
    responder = (await identity.organisations_by_id(session, [responder_id]))[responder_id]
    rules.check_capacity(capacity, is_agency=is_agency(responder, today), results=len(body.result_ids))


async def _check_amendable(session: Session, demand: Demand) -> None:
    """A bid in a challenge is fixed when the bids are closed; another response until its demand has ended."""
    if demand.kind == DemandKind.CHALLENGE:
        demand_rules.check_open(demand.status, demand.closes_at, await read_clock(session))
    demand_rules.check_live(demand.status)


async def _check_sides(session: Session, responder_id: UUID, partners: Sequence[UUID], demand: Demand) -> None:
    rules.check_responder(responder_id, partners, await with_heirs(session, demand.demander_id))


async def _partners(session: Session, responder_id: UUID, ids: Sequence[UUID]) -> list[ResponsePartner]:
    """The partners as parts of a response; raises `unknown_reference`, `organisation_not_verified`."""
    known = await identity.organisations_by_id(session, ids)
    for position, partner_id in enumerate(ids):
        partner = known.get(partner_id)
        if partner is None or partner_id == responder_id:
            raise UNKNOWN_REFERENCE(field=f"partner_ids.{position}", what=ORGANISATION)
        if partner.verification != Verification.VERIFIED:
            raise NOT_VERIFIED(field=f"partner_ids.{position}", name=partner.name, verification=partner.verification)
    return [ResponsePartner(organisation_id=partner_id, position=position) for position, partner_id in enumerate(ids)]


def _check_mode(demand: Demand, body: schemas.DemandResponseBody) -> None:
    rules.check_mode(body.transfer_mode, [SolutionWay(way) for way in demand.solutions or ()])


async def _offered(session: Session, actor: Actor, ids: Sequence[UUID]) -> list[OfferedResult]:
    """The results as parts of a response; raises `not_found`, `secret_result_offered`."""
    offered = []
    for position, result_id in enumerate(ids):
        result = await results.get_result(session, actor, result_id)
        if result.secrecy != Secrecy.NONE:
            raise SECRET_RESULT(field=f"result_ids.{position}", number=result.number)
        offered.append(OfferedResult(result_id=result.id, position=position))
    return offered
