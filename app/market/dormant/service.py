"""Use cases of the yearly list of dormant results; each runs in the caller's transaction.

Lock order: the list, then a result in it. Who answers holds the list shared, so nothing is published meanwhile.
"""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import insert

from app.catalogue.results.models import Result
from app.core import deadlines
from app.core.access import Actor
from app.core.clock import read_clock, read_today
from app.core.database import Session, add_unique
from app.core.history import events
from app.core.ids import new_id
from app.identity.models import Organisation
from app.law.figures import parameter
from app.market.dormant import problems, queries, rules, schemas
from app.market.dormant.kinds import DormantListStatus, DormantStatus
from app.market.dormant.models import DormantList, DormantResult

GATHER: Final = "dormant_list.gather"
"""The deadline, due at once, by which the next results are looked at."""
AT_ONCE: Final = 500
_LIST, _RESULT = "dormant_list", "dormant_result"


async def begin(session: Session) -> DormantList:
    """Begin to gather the list of this year by the rule of today. Raises `dormant_list_exists`."""
    now = await read_clock(session)
    today = session.city.day_of(now)
    row = DormantList(year=today.year, as_of=today, years=int(parameter("dormant_years", on=today).value))
    await add_unique(session, row, problems.LIST_EXISTS(year=today.year), "uq_dormant_lists_year")
    await deadlines.schedule(session, GATHER, row.id, now)
    return row


async def gather(session: Session, list_id: UUID, now: datetime) -> None:
    """Look at the next results; after the last, units are given their time to check the list."""
    row = await queries.lock_list(session, list_id)
    if row.status != DormantListStatus.GATHERING:
        return
    found = await queries.candidates(session, row.gathered_to, AT_ONCE)
    dormant = [each for each in found if rules.why_not_dormant(queries.facts_of(each), row.as_of, row.years) is None]
    entries = [_entry(row, result, unit) for result, unit, _ in dormant]
    if entries:
        await session.execute(insert(DormantResult), entries)
    for entry in entries:
        audience = [events.OPERATOR, entry["organisation_id"]]
        payload = {"list_id": row.id, "result_id": entry["result_id"], "number": entry["shown"]["number"]}
        events.append(session, "dormant_result.gathered", (_RESULT, entry["id"]), audience=audience, payload=payload)
    if len(found) == AT_ONCE:
        row.gathered_to = found[-1][0].id
        await deadlines.schedule(session, GATHER, row.id, now)
        return
    today = session.city.day_of(now)
    row.status = DormantListStatus.CHECKING
    row.check_ends_on = today + timedelta(int(parameter("dormant_check_days", on=today).value))
    payload = {"year": row.year, "check_ends_on": row.check_ends_on}
    events.append(session, "dormant_list.gathered", (_LIST, row.id), audience=[events.OPERATOR], payload=payload)


async def answer(session: Session, actor: Actor, entry_id: UUID, body: schemas.DormantAnswerIn) -> DormantResult:
    """Say, as its unit, that a result is dormant, or why.

    Raises `dormant_list_not_checked`, `dormant_answer_incomplete`.
    """
    _, entry = await _lock_answerable(session, actor, entry_id)
    rules.check_explanation(body.status, body.reason, body.note)
    result, unit, _ = await queries.read_result(session, entry.result_id)
    entry.technical_field, entry.shown = result.technical_field, _shown(result, unit)
    entry.status, entry.reason, entry.note = DormantStatus(body.status), body.reason, body.note
    await _tell(session, entry, "dormant_result.answered")
    return entry


async def correct(session: Session, actor: Actor, entry_id: UUID) -> DormantResult:
    """Ask, as its unit, the rule again by what is recorded now: a result that is not dormant leaves the list.

    Raises `dormant_list_not_checked`, `still_dormant`.
    """
    row, entry = await _lock_answerable(session, actor, entry_id)
    facts = queries.facts_of(await queries.read_result(session, entry.result_id))
    entry.not_dormant = rules.check_out(rules.why_not_dormant(facts, row.as_of, row.years))
    entry.status, entry.reason, entry.note = DormantStatus.CORRECTED, None, None
    await _tell(session, entry, "dormant_result.corrected")
    return entry


async def publish(session: Session, year: int) -> DormantList:
    """Publish the whole list at one moment. Raises `dormant_list_not_publishable`, `dormant_list_published`."""
    row = await queries.lock_year(session, year)
    waiting = await queries.is_any_waiting(session, row.id)
    rules.check_publishable(row.status, row.check_ends_on, await read_today(session), waiting=waiting)
    row.status, row.published_at = DormantListStatus.PUBLISHED, await read_clock(session)
    payload = {"year": row.year}
    events.append(session, "dormant_list.published", (_LIST, row.id), audience=[events.PUBLIC], payload=payload)
    return row


async def _lock_answerable(session: Session, actor: Actor, entry_id: UUID) -> tuple[DormantList, DormantResult]:
    known = await queries.get_result(session, actor, entry_id)
    row = await queries.lock_list(session, known.list_id, shared=True)
    entry = await queries.lock_result(session, actor, entry_id)
    rules.check_answerable(row.status, entry.status)
    return row, entry


async def _tell(session: Session, entry: DormantResult, event: str) -> None:
    entry.answered_at = await read_clock(session)
    audience = [events.OPERATOR, entry.organisation_id]
    payload = {"list_id": entry.list_id, "result_id": entry.result_id, "status": entry.status}
    events.append(session, event, (_RESULT, entry.id), audience=audience, payload=payload)


def _entry(row: DormantList, result: Result, unit: Organisation) -> dict[str, Any]:
    return {
        "id": new_id(),
        "list_id": row.id,
        "result_id": result.id,
        "organisation_id": unit.id,
        "technical_field": result.technical_field,
        "shown": _shown(result, unit),
        "status": DormantStatus.WAITING,
    }


def _shown(result: Result, unit: Organisation) -> dict[str, Any]:
    names = ("number", "title", "technical_field", "readiness_level", "registered_on")
    shown = {name: getattr(result, name) for name in names} | {"unit": unit.name}
    return schemas.DormantShown(**shown).model_dump(mode="json")
