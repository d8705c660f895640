"""Routes of the system itself: events, audit, the sandbox's clock, the list of refusals, health, metrics."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from app.core import clock
from app.core.access import Actor, Role
from app.core.history import audit, events
from app.core.problems import NOT_FOUND, REGISTRY, Text
from app.core.schemas import Moment
from app.core.web.access import EVERY_ROLE, Public, allow, public
from app.core.web.http import Endpoint, Session, context_of, refusals
from app.core.web.lists import Paging
from app.core.web.pages import encode_cursor
from app.core.web.routing import Router
from app.finding.metrics import note_lag
from app.system import health, queries, schemas
from app.system.kinds import ActorCapacity

router = Router(route_class=Endpoint, tags=("system",))
sandbox_router = Router(route_class=Endpoint, tags=("sandbox",))
root_router = Router(route_class=Endpoint, tags=("system",))
Viewer = Annotated[Actor | None, public(scope="events:read")]
ClockMover = Annotated[Actor, allow(*EVERY_ROLE, scope="events:write", unverified=True, merged=True)]
Types = Annotated[list[str] | None, Query(alias="type", max_length=20, description="Only these types; repeat it")]


async def _wanted(
    types: Types = None,
    subject_id: Annotated[UUID | None, Query(description="Only of this subject")] = None,
    since: Annotated[Moment | None, Query(description="Not before this moment")] = None,
    until: Annotated[Moment | None, Query(description="Before this moment")] = None,
    person_id: Annotated[UUID | None, Query(description="Only what this person did")] = None,
    key_id: Annotated[UUID | None, Query(description="Only what was done with this key")] = None,
) -> events.FeedFilter:
    return events.FeedFilter(types or (), subject_id, since, until, person_id, key_id)


Wanted = Annotated[events.FeedFilter, Depends(_wanted)]


@router.get("/events", operation_id="read_events", responses=refusals(403))
async def read_events(actor: Viewer, session: Session, page: Paging, wanted: Wanted) -> schemas.Feed:
    """Read what happened, oldest first, in an order that never changes and loses nothing.

    Poll with the `next_cursor` you were last given. Without a key, or with one that lacks `events:read`, you see the
    public events, else also your organisation's; an auditor sees all. The auditor may ask what a person or a key did,
    an organisation's admin of the own people.
    """
    after = replace(page, bound="").after(_bigint, _bigint)  # a place in the log, whatever is taken from there on
    now, settled = await queries.feed_position(session)
    rows = await events.read_feed(session, actor, after, page.limit, wanted)
    # A page that is not full was the end of what has settled: the next one need not look at that again.
    end = (rows[-1].xid, rows[-1].seq) if rows else (0, 0)
    if len(rows) < page.limit:
        end = max(end, (settled, 0), after or (0, 0))
    return schemas.Feed(items=[_shown(actor, row) for row in rows], next_cursor=encode_cursor(*end), server_time=now)


@router.get("/audit/head", operation_id="read_audit_head")
async def read_audit_head(
    actor: Annotated[Actor, allow(Role.AUDITOR, Role.OPERATOR, scope="events:read")], session: Session
) -> schemas.AuditHead:
    """Read the length and the hash of the audit chain. Note them outside the exchange."""
    sealed, digest = await audit.head(session)
    return schemas.AuditHead(sealed=sealed, hash=digest)


@router.get("/clock", operation_id="read_clock")
async def read_clock(actor: Public, session: Session) -> schemas.ClockOut:
    """Read the exchange's time. Every deadline is judged by it."""
    return schemas.ClockOut(server_time=await clock.read_clock(session))


@sandbox_router.post("/sandbox/clock", operation_id="move_clock")
async def move_clock(
    actor: ClockMover,
    session: Session,
    body: schemas.ClockIn,
) -> schemas.ClockOut:
    """Move a sandbox's clock forward, to walk through notice periods in a minute. Production has no such route."""
    return schemas.ClockOut(server_time=await clock.move_clock(session, body.to))


@root_router.get("/problems/{code}", operation_id="read_problem")
async def read_problem(actor: Public, request: Request, code: str) -> schemas.ProblemKind:
    """Read what the code of a refusal means."""
    kind = REGISTRY.get(code)
    if kind is None:
        raise NOT_FOUND(what=Text("problem code", "错误代码"))
    language = request.scope["language"]
    return schemas.ProblemKind(
        code=kind.code,
        status=kind.status,
        title=kind.title.render(language, {}),
        remedy=kind.remedy.render(language, {}) if kind.remedy else None,
    )


@root_router.get("/healthz", operation_id="healthz")
async def healthz(actor: Public) -> schemas.Health:
    """Check that the process answers."""
    return schemas.Health(status="ok")


@root_router.get(
    "/readyz",
    operation_id="readyz",
    response_model=schemas.Health,
    responses={503: {"description": "Not ready", "model": schemas.Health}},
)
async def readyz(actor: Public, request: Request) -> Response:
    """Check that the process can serve. The answer is 503 while the database does not answer."""
    return await health.ready(context_of(request).database)


@root_router.get("/metrics", operation_id="metrics", include_in_schema=False)
async def metrics(actor: Public, request: Request) -> Response:
    """Prometheus metrics of this process, and how far search lags behind."""
    await note_lag(context_of(request).database)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _shown(actor: Actor | None, event: events.Event) -> schemas.EventOut:
    organisation_id = event.actor_organisation_id
    shown = schemas.EventOut.of(event, actor_capacity=_capacity(event))
    if not events.may_know_who(actor, organisation_id):
        shown.actor_capacity = shown.actor_roles = shown.actor_person_id = shown.actor_key_id = None
    own = organisation_id is not None and actor is not None and actor.organisation_id == organisation_id
    if not own and not (actor is not None and actor.oversees):
        shown.actor_organisation_id = shown.request_id = None
    return shown


def _capacity(event: events.Event) -> ActorCapacity | None:
    if event.actor_person_id is None:
        return None
    if event.actor_organisation_id is not None:
        return ActorCapacity.ORGANISATION
    return ActorCapacity.PERSON if Role.BROKER_IN_PERSON in (event.actor_roles or ()) else ActorCapacity.MARKET


def _bigint(value: str) -> int:
    """A part of the feed's cursor as the database holds it; `ValueError` for what it cannot hold."""
    number = int(value)
    if not 0 <= number < 2**63:
        raise ValueError(value)
    return number
