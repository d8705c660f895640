"""Use cases of awards: compute a year's run, publish it, check that it recomputes, estimate a deal."""

import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from app.awards.runs import gather, problems, queries, schemas
from app.awards.runs.frozen import freeze, recompute
from app.awards.runs.kinds import AwardRunStatus
from app.awards.runs.models import AwardRun, AwardStatement
from app.awards.technology.programme_files import load_programmes, programmes_for
from app.awards.technology.rules.outcome import Computation
from app.awards.technology.rules.programme import NoProgrammeError, Programme
from app.awards.technology.rules.shares import compute, estimate
from app.core.access import Actor
from app.core.canonical import canonical_json, sha256_hex
from app.core.clock import read_clock, read_today
from app.core.database import Session, advisory_lock
from app.core.history import events
from app.core.ids import NumberPrefix, readable_number
from app.core.problems import Text
from app.core.settings import City, Settings

NOTHING = Decimal("0.00")


@lru_cache(maxsize=8)
def programmes_in(folder: Path) -> tuple[Programme, ...]:
    """The programmes of a folder, read once a process: a release brings its parameters with it."""
    return load_programmes(folder)


def programme_of(settings: Settings, year: int) -> Programme:
    """The programme in force for an award year; raises `no_programme`, naming the years there are."""
    try:
        return programmes_for(programmes_in(settings.programmes_dir), year)[0]
    except NoProgrammeError as error:
        raise problems.NO_PROGRAMME(field="year", reason=Text(str(error), error.message_zh)) from error


async def compute_run(session: Session, settings: Settings, year: int) -> AwardRun:
    """Compute the awards of a year from what is recorded now, as a draft; earlier drafts are superseded.

    Raises `no_programme`, `award_year_ahead`, and `award_year_published` once the year has a published run.
    """
    now = await read_clock(session)
    current = session.city.day_of(now).year
    programme = programme_of(settings, year)
    if year > current:
        raise problems.YEAR_AHEAD(field="year", year=year, current=current)
    await advisory_lock(session, "award-run", f"{programme.id}:{year}")
    for run in await queries.lock_runs_of_year(session, programme.id, year):
        if run.status == AwardRunStatus.PUBLISHED:
            raise problems.YEAR_PUBLISHED(field="year", year=year, number=run.number)
        run.status = AwardRunStatus.SUPERSEDED
    facts = await gather.facts_until(session, date(year, 12, 31))
    parts = facts.contracts, facts.payments, facts.organisations, facts.successions
    computation = compute(programme, year, *parts, zone=session.city.zone)
    frozen = canonical_json(freeze(programme, year, facts, session.city.zone))
    outcome = canonical_json(computation.as_json())
    run = AwardRun(
        number=await readable_number(session, NumberPrefix.AWARD_RUN, year),
        programme_id=programme.id,
        year=year,
        facts=frozen.decode(),
        facts_sha256=sha256_hex(frozen),
        outcome=outcome.decode(),
        outcome_sha256=sha256_hex(outcome),
        computed_at=now,
    )
    session.add(run)
    await session.flush()
    session.add_all(_statements(run.id, computation))
    payload = {"number": run.number, "year": year, "facts_sha256": run.facts_sha256}
    audience = [events.OPERATOR, events.AWARD_OFFICER]
    events.append(session, "award_run.computed", ("award_run", run.id), audience=audience, payload=payload)
    await session.flush()
    return run


def _statements(run_id: UUID, computation: Computation) -> list[AwardStatement]:
    """A row for everybody who earned something, and an empty row for everybody who learns why it earned nothing."""
    document = computation.as_json()
    earned = [
        AwardStatement(
            run_id=run_id,
            organisation_id=UUID(statement.organisation_id),
            role=statement.role,
            amount=statement.total,
            content=plain,
        )
        for statement, plain in zip(computation.statements, document["statements"], strict=True)
    ]
    seen = {(str(row.organisation_id), row.role) for row in earned}
    barred = sorted({(e.organisation_id, e.role) for e in computation.exclusions if e.role != "broker"} - seen)
    return earned + [
        AwardStatement(run_id=run_id, organisation_id=UUID(owner), role=role, amount=NOTHING, content=None)
        for owner, role in barred
    ]


async def publish_run(session: Session, run_id: UUID) -> AwardRun:
    """Publish a draft for public notice (公示): from now on each organisation sees its statement.

    Raises `award_run_not_draft`, and `award_year_not_over` for a run computed before its year had ended.
    """
    found = (await queries.get_run(session, run_id)).run
    runs = await queries.lock_runs_of_year(session, found.programme_id, found.year)
    run = next(item for item in runs if item.id == run_id)
    if run.status != AwardRunStatus.DRAFT:
        raise problems.RUN_NOT_DRAFT(status=run.status)
    if is_preliminary(run, session.city):
        raise problems.YEAR_NOT_OVER(year=run.year)
    run.status = AwardRunStatus.PUBLISHED
    run.published_at = await read_clock(session)
    statements = await queries.statements_of(session, run.id)
    payload = {"number": run.number, "year": run.year}
    events.append(session, "award_run.published", ("award_run", run.id), audience=[events.PUBLIC], payload=payload)
    for statement in statements:
        events.append(
            session,
            "award_statement.published",
            ("award_statement", statement.id),
            audience=[statement.organisation_id],
            payload=payload | {"role": statement.role, "amount": statement.amount},
        )
    return run


def is_preliminary(run: AwardRun, city: City) -> bool:
    """Whether receipts of the run's year could still come in when it was computed."""
    return city.day_of(run.computed_at).year <= run.year


def verify_run(run: AwardRun, statements: Iterable[AwardStatement]) -> schemas.AwardRunVerificationOut:
    """Recompute a run from its frozen facts alone and compare byte for byte, with the statements shown from it too.

    Facts that cannot be computed any more were tampered with: `recomputed_sha256` is then empty.
    """
    try:
        computation = recompute(json.loads(run.facts))
    except (LookupError, TypeError, ValueError):
        return schemas.AwardRunVerificationOut(same=False, stored_sha256=run.outcome_sha256, recomputed_sha256="")
    again = sha256_hex(canonical_json(computation.as_json()))
    same = (
        again == run.outcome_sha256 == sha256_hex(run.outcome)
        and run.facts_sha256 == sha256_hex(run.facts)
        and (run.programme_id, run.year) == (computation.programme_id, computation.year)
        and _shown(statements) == _shown(_statements(run.id, computation))
    )
    return schemas.AwardRunVerificationOut(same=same, stored_sha256=run.outcome_sha256, recomputed_sha256=again)


def _shown(statements: Iterable[AwardStatement]) -> list[tuple[str, str, Decimal, bytes]]:
    return sorted((str(s.organisation_id), s.role, s.amount, canonical_json(s.content)) for s in statements)


async def estimate_deal(
    session: Session, settings: Settings, actor: Actor, deal_id: UUID, year: int | None
) -> schemas.EstimateOut:
    """What a deal would earn alone, if contracted, registered, invoiced and paid in full within `year`."""
    wanted = year or (await read_today(session)).year
    programme = programme_of(settings, wanted)
    supposed = await gather.supposed_contract(session, actor, deal_id, date(wanted, 1, 1))
    if supposed is None:
        note = "No price, or a way of transfer that makes no technology contract: nothing to estimate."
        return schemas.EstimateOut(year=wanted, programme_id=programme.id, statements=[], exclusions=[], note=note)
    contract, organisations, successions = supposed
    outcome = estimate(programme, contract, organisations, wanted, successions, zone=session.city.zone)
    return schemas.EstimateOut(
        year=wanted,
        programme_id=programme.id,
        statements=list(outcome.statements),
        exclusions=list(outcome.exclusions),
        note="For this deal alone, all of its price taken as technical amount; other contracts may use up a cap.",
    )
