"""HTTP of public notices and objections."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Request

from app.core.access import Actor, Role
from app.core.clock import read_clock
from app.core.schemas import AskedFlag
from app.core.web.access import EVERY_ROLE, Public, allow
from app.core.web.http import Endpoint, Session, note_read
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router
from app.pricing.negotiated import queries
from app.pricing.negotiated.kinds import NegotiationStatus
from app.pricing.negotiated.models import Notice, Objection
from app.pricing.negotiated.notice import objections, schemas

router = Router(route_class=Endpoint, tags=("notices",))

Reader = Annotated[Actor, allow(*EVERY_ROLE, scope="deals:read")]
# The operator decides objections and the auditor changes nothing; everybody else may object.
Objector = Annotated[
    Actor,
    allow(Role.MEMBER, Role.ADMIN, Role.BROKER, Role.REGISTRAR, Role.AWARD_OFFICER, scope="deals:write"),
]
Operator = Annotated[Actor, allow(Role.OPERATOR, scope="deals:write")]


@router.get("/notices", operation_id="list_notices")
async def list_notices(
    actor: Public,
    session: Session,
    page: Annotated[PageRequest, sorted_by(queries.NOTICES, queries.NOTICE_FILTERS)],
    running: AskedFlag = False,
) -> Page[schemas.NoticeOut]:
    """List public notices of negotiated prices, newest first. With `running`, only those that still take objections."""
    found = await queries.list_notices(session, page, running=running)
    now = await read_clock(session)
    return found.shown(lambda row: _notice(row, now))


@router.get("/notices/{notice_id}", operation_id="read_notice")
async def read_notice(actor: Public, session: Session, notice_id: UUID) -> schemas.NoticeOut:
    """Read a public notice with the decisions on objections."""
    return _notice(await queries.get_notice(session, notice_id), await read_clock(session))


@router.post("/notices/{notice_id}/objections", status_code=201, operation_id="file_objection")
async def file_objection(
    actor: Objector, session: Session, notice_id: UUID, body: schemas.ObjectionIn
) -> schemas.ObjectionOut:
    """Object to a notice while it runs, with a reason and a contact. No deal is made before it is decided."""
    return _objection(await objections.file_objection(session, actor, notice_id, body))


@router.get("/notices/{notice_id}/objections", operation_id="list_objections")
async def list_objections(
    actor: Reader,
    session: Session,
    notice_id: UUID,
    page: Annotated[PageRequest, sorted_by(queries.OBJECTIONS)],
    request: Request,
) -> Page[schemas.ObjectionOut]:
    """List the objections that you may read. Staff and the seller see all, others their own."""
    await queries.get_notice(session, notice_id)
    found = (await queries.list_objections(session, actor, notice_id, page)).shown(_objection)
    if actor.is_staff:
        await note_read(request, session, "objection.contacts_read", ("notice", notice_id))
    return found


@router.get("/objections/{objection_id}", operation_id="read_objection")
async def read_objection(actor: Reader, session: Session, objection_id: UUID, request: Request) -> schemas.ObjectionOut:
    """Read an objection with its decision. Staff, the seller and who filed it may."""
    found = _objection(await queries.get_objection(session, actor, objection_id))
    if actor.is_staff:
        await note_read(request, session, "objection.contacts_read", ("notice", found.notice_id))
    return found


@router.post("/objections/{objection_id}/decision", status_code=201, operation_id="decide_objection")
async def decide_objection(
    actor: Operator, session: Session, objection_id: UUID, body: schemas.ObjectionDecisionIn
) -> schemas.ObjectionOut:
    """Decide an objection. Upheld, it ends the sale; either way the decision is published with the notice."""
    return _objection(await objections.decide(session, actor, objection_id, body))


def _notice(row: Notice, now: datetime) -> schemas.NoticeOut:
    status = row.negotiation.status
    decisions = [decision for item in row.objections if (decision := _decision(item)) is not None]
    return schemas.NoticeOut.of(
        row, status=status, takes_objections=status == NegotiationStatus.AGREED and now < row.ends_at,
        content=schemas.NoticeContent.model_validate_json(row.content),
        open_objections=len(row.objections) - len(decisions), decisions=decisions, server_time=now,
    )  # fmt: skip


def _objection(row: Objection) -> schemas.ObjectionOut:
    return schemas.ObjectionOut.of(row, decision=_decision(row))


def _decision(row: Objection) -> schemas.ObjectionDecisionOut | None:
    return schemas.ObjectionDecisionOut.of(row.decision, filed_at=row.filed_at) if row.decision else None
