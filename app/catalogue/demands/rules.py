"""Pure decisions about demands: their public life, the check of a draft by two people, their period of validity."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

from app.catalogue.demands.kinds import (
    LIVE_STATUSES,
    CheckMove,
    CheckStatus,
    DemandKind,
    DemandMove,
    DemandMover,
    DemandStatus,
    ScenarioArea,
    SolutionWay,
)
from app.catalogue.demands.problems import (
    CHECKED_BY_OWN,
    DEMAND_NOT_OPEN,
    DEMAND_TRANSITION_REFUSED,
    SCENARIO_AREA_MISPLACED,
    SECOND_CHECKER_NEEDED,
    VALIDITY_OUT_OF_RANGE,
)
from app.catalogue.results.kinds import TransferMode

State = TypeVar("State", DemandStatus, CheckStatus)
S, C = DemandStatus, CheckStatus


@dataclass(frozen=True, slots=True)
class DemandStep(Generic[State]):
    """From which states a move leads where, and who may make it."""

    sources: frozenset[State]
    target: State
    movers: frozenset[DemandMover]


def _step(sources: Iterable[State], target: State, *movers: DemandMover) -> DemandStep[State]:
    return DemandStep(frozenset(sources), target, frozenset(movers))


LIFE: dict[DemandMove, DemandStep[DemandStatus]] = {
    # The second check of a first version, and of a correction of what has expired.
    DemandMove.PUBLICATION: _step([S.DRAFT], S.PUBLISHED, DemandMover.OPERATOR),
    DemandMove.REOPENING: _step([S.EXPIRED], S.PUBLISHED, DemandMover.OPERATOR),
    DemandMove.CLOSURE: _step([S.DRAFT, S.PUBLISHED, S.EXPIRED], S.CLOSED, DemandMover.DEMANDER, DemandMover.CHALLENGE),
    DemandMove.FULFILMENT: _step([S.PUBLISHED, S.EXPIRED], S.MET, DemandMover.DEAL),
    DemandMove.EXPIRY: _step([S.PUBLISHED], S.EXPIRED, DemandMover.TIME),
    DemandMove.REMOVAL: _step([S.PUBLISHED, S.EXPIRED, S.MET, S.CLOSED], S.REMOVED, DemandMover.OPERATOR),
}
CHECKS: dict[CheckMove, DemandStep[CheckStatus]] = {
    CheckMove.EDIT: _step([C.EDITING, C.RETURNED, C.PASSED], C.EDITING, DemandMover.DEMANDER),
    CheckMove.SUBMISSION: _step([C.EDITING, C.RETURNED], C.SUBMITTED, DemandMover.DEMANDER),
    CheckMove.RECALL: _step([C.SUBMITTED, C.CHECKED], C.EDITING, DemandMover.DEMANDER),
    CheckMove.RETURN: _step([C.SUBMITTED, C.CHECKED], C.RETURNED, DemandMover.OPERATOR),
    CheckMove.FIRST_CHECK: _step([C.SUBMITTED], C.CHECKED, DemandMover.OPERATOR),
    CheckMove.SECOND_CHECK: _step([C.CHECKED], C.PASSED, DemandMover.OPERATOR),
}
OPEN_TO_CHANGE = frozenset({S.DRAFT, *LIVE_STATUSES})
"""In these states a demand may be published or corrected."""


def after(move: DemandMove, mover: DemandMover, status: DemandStatus) -> DemandStatus:
    """The state a move leads to; raises `demand_transition_refused` naming what is possible from here."""
    return _after(LIFE, move, mover, status)


def after_removal(status: DemandStatus, *, published: bool) -> DemandStatus:
    """The state of a demand that the operator takes off the public; a draft that was only closed was never there.

    Raises `demand_transition_refused`.
    """
    never_public = status == S.CLOSED and not published
    return _after({} if never_public else LIFE, DemandMove.REMOVAL, DemandMover.OPERATOR, status)


def after_check(
    move: CheckMove, mover: DemandMover, draft: CheckStatus, status: DemandStatus, kind: DemandKind
) -> CheckStatus:
    """The state of the draft that a move leads to; raises `demand_transition_refused`, also for what has ended.

    What was published of a challenge is not corrected: its bidders rely on it.
    """
    open_to_change = status in OPEN_TO_CHANGE and (kind != DemandKind.CHALLENGE or status == S.DRAFT)
    return _after(CHECKS if open_to_change else {}, move, mover, draft)


def _after(
    steps: Mapping[Any, DemandStep[State]], move: DemandMove | CheckMove, mover: DemandMover, status: State
) -> State:
    step = steps.get(move)
    if step is not None and status in step.sources and mover in step.movers:
        return step.target
    possible = {other: sorted(known.movers) for other, known in steps.items() if status in known.sources}
    text = ", ".join(f"{other} ({' / '.join(movers)})" for other, movers in possible.items()) or "-"
    raise DEMAND_TRANSITION_REFUSED(
        status=status, move=move, mover=mover, possible=text,
        extra={"demand_status": status, "possible": [{"move": m, "by": movers} for m, movers in possible.items()]},
    )  # fmt: skip


def publishing_move(status: DemandStatus) -> DemandMove | None:
    """The step that the second check causes; None for the correction of a demand that stays open."""
    return {S.DRAFT: DemandMove.PUBLICATION, S.EXPIRED: DemandMove.REOPENING}.get(status)


def check_second_checker(first_checked_by: UUID | None, person_id: UUID) -> None:
    """Two people check (四眼原则); raises `second_checker_needed` for the one who made the first check."""
    if first_checked_by == person_id:
        raise SECOND_CHECKER_NEEDED()


def check_no_own(acts_for_demander: bool) -> None:
    """Nobody checks a demand of an organisation that it acts for; raises `checked_by_own`."""
    if acts_for_demander:
        raise CHECKED_BY_OWN()


def check_validity(valid_to: date, today: date, latest: date) -> None:
    """A demand is open after today and at most as long as the figure says; raises `validity_out_of_range`."""
    earliest = today + timedelta(days=1)
    if not earliest <= valid_to <= latest:
        raise VALIDITY_OUT_OF_RANGE(field="valid_to", valid_to=valid_to, earliest=earliest, latest=latest)


def check_area(kind: DemandKind, area: ScenarioArea | None) -> None:
    """A scenario has an area, and nothing else has; raises `scenario_area_misplaced`."""
    if (kind == DemandKind.SCENARIO) != (area is not None):
        raise SCENARIO_AREA_MISPLACED(field="scenario_area")


def check_open(status: DemandStatus, closes_at: datetime | None, now: datetime) -> None:
    """Published and before its end, whether or not the worker has run; raises `demand_not_open`."""
    if status != S.PUBLISHED or closes_at is None or now >= closes_at:
        raise DEMAND_NOT_OPEN(status=status)


def check_live(status: DemandStatus) -> None:
    """What was answered in time can be decided until the demand has ended; raises `demand_not_open`."""
    if status not in LIVE_STATUSES:
        raise DEMAND_NOT_OPEN(status=status)


def changed_fields(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[str]:
    """Which members of what is published differ from the version before, all of them for the first."""
    names = set(after) | set(before or {})
    return sorted(name for name in names - {"version"} if before is None or before.get(name) != after.get(name))


TRANSFERS = frozenset(
    {
        TransferMode.ASSIGNMENT,
        TransferMode.EXCLUSIVE_LICENCE,
        TransferMode.SOLE_LICENCE,
        TransferMode.ORDINARY_LICENCE,
        TransferMode.EQUITY_CONTRIBUTION,
    }
)
SOLVED_BY: dict[SolutionWay, frozenset[TransferMode]] = {
    SolutionWay.TRANSFER_OR_LICENCE: TRANSFERS,
    SolutionWay.COMMISSIONED_DEVELOPMENT: frozenset({TransferMode.COMMISSIONED_DEVELOPMENT}),
    SolutionWay.JOINT_DEVELOPMENT: frozenset({TransferMode.JOINT_DEVELOPMENT}),
    SolutionWay.CONSULTING_OR_SERVICE: frozenset({TransferMode.CONSULTING, TransferMode.SERVICE}),
}
"""Which modes of transfer are one of the four ways."""


def modes_of(ways: Iterable[SolutionWay]) -> frozenset[TransferMode]:
    """The modes of transfer that the ways of a demand allow."""
    return frozenset().union(*(SOLVED_BY[way] for way in ways))
