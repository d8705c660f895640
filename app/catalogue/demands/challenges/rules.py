"""Pure decisions about challenges: their terms, their life, who may judge, and how scores make a ranking."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from app.catalogue.demands.challenges import problems
from app.catalogue.demands.challenges.kinds import ChallengeMove, ChallengeMover, ChallengeStatus
from app.core.money import round_places
from app.core.problems import DATES_OUT_OF_ORDER
from app.identity.relations import Relation

S, M = ChallengeStatus, ChallengeMover
FULL_POINTS = 100


@dataclass(frozen=True, slots=True)
class ChallengeStep:
    """From which states a move leads where, and who may make it."""

    sources: frozenset[ChallengeStatus]
    target: ChallengeStatus
    movers: frozenset[ChallengeMover]


STEPS: dict[ChallengeMove, ChallengeStep] = {
    ChallengeMove.CLOSING: ChallengeStep(frozenset({S.OPEN}), S.JUDGING, frozenset({M.TIME})),
    ChallengeMove.SCORING: ChallengeStep(frozenset({S.JUDGING}), S.NOTICE, frozenset({M.OPERATOR})),
    ChallengeMove.REJUDGING: ChallengeStep(frozenset({S.NOTICE}), S.JUDGING, frozenset({M.OPERATOR})),
    # The notice has run out: by its deadline, or by the decision on the last objection.
    ChallengeMove.AWARD: ChallengeStep(frozenset({S.NOTICE}), S.AWARDED, frozenset({M.TIME, M.OPERATOR})),
    # No bid, none that is good enough, or the demand was closed or removed.
    ChallengeMove.FAILURE: ChallengeStep(
        frozenset({S.OPEN, S.JUDGING, S.NOTICE}), S.FAILED, frozenset({M.TIME, M.OPERATOR, M.DEMAND})
    ),
}


def after(move: ChallengeMove, mover: ChallengeMover, status: ChallengeStatus) -> ChallengeStatus:
    """The state a move leads to; raises `challenge_transition_refused`."""
    step = STEPS[move]
    if status in step.sources and mover in step.movers:
        return step.target
    raise problems.CHALLENGE_TRANSITION_REFUSED(status=status, sources=", ".join(sorted(step.sources)))


def check_status(status: ChallengeStatus, wanted: ChallengeStatus) -> None:
    """Raises `challenge_transition_refused` for a challenge in another state."""
    if status != wanted:
        raise problems.CHALLENGE_TRANSITION_REFUSED(status=status, sources=wanted)


def check_terms(
    *,
    bounty: Decimal | None,
    name_hidden: bool,
    solvable_alone: bool,
    points: Iterable[int],
    valid_to: date,
    complete_by: date,
) -> None:
    """What the terms of a challenge must satisfy.

    Raises `bounty_missing`, `challenge_solvable_alone`, `challenge_poster_hidden`, `criteria_do_not_sum`,
    `dates_out_of_order`.
    """
    if bounty is None:
        raise problems.BOUNTY_MISSING(field="budget")
    if solvable_alone:
        raise problems.SOLVABLE_ALONE(field="challenge.solvable_alone")
    if name_hidden:
        raise problems.POSTER_HIDDEN(field="name_hidden")
    total = sum(points)
    if total != FULL_POINTS:
        raise problems.CRITERIA_DO_NOT_SUM(field="challenge.criteria", total=total)
    if complete_by <= valid_to:
        raise DATES_OUT_OF_ORDER(
            field="challenge.complete_by", earlier_name="valid_to", earlier=valid_to, later_name="complete_by",
            later=complete_by,
        )  # fmt: skip


def check_no_conflict(own: Collection[UUID], parties: Collection[UUID], ties: Iterable[Relation]) -> None:
    """An expert acts neither for poster or bidder, nor for an organisation related to one; raises `expert_conflicted`.

    `own` are the organisations that the expert acts for, `parties` the poster, the bidders and their partners, `ties`
    the relations that hold today.
    """
    acts, sides = set(own), set(parties)
    tied = any(
        (tie.first_id in acts and tie.second_id in sides) or (tie.second_id in acts and tie.first_id in sides)
        for tie in ties
    )
    if tied or not acts.isdisjoint(sides):
        raise problems.EXPERT_CONFLICTED(field="person_id")


def check_scores(
    scored: Sequence[UUID], given: Sequence[Sequence[int]], bids: Collection[UUID], points: Sequence[int]
) -> None:
    """Each open bid is scored once, and each criterion within its points; raises `scores_incomplete`."""
    complete = len(scored) == len(set(scored)) and set(scored) == set(bids)
    fitting = all(
        len(figures) == len(points) and all(0 <= figure <= most for figure, most in zip(figures, points, strict=True))
        for figures in given
    )
    if not complete or not fitting:
        raise problems.SCORES_INCOMPLETE(field="scores")


def check_experts(appointed: int, scored: int, least: int) -> None:
    """At least as many experts as the figure says, and each of them has scored; raises `experts_missing`."""
    if appointed < least or scored < appointed:
        raise problems.EXPERTS_MISSING(scored=scored, appointed=appointed, least=least)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A bid with the mean of its totals, and its place from 1."""

    bid: UUID
    mean: Decimal
    rank: int


def ranking(totals: Mapping[UUID, Sequence[int]]) -> list[Ranked]:
    """The bids by the mean of the experts' totals, highest first; of equal ones the bid that was sent first.

    `totals` come in the order in which the bids were sent. Means are compared exactly and shown to two places.
    """
    means = {bid: Fraction(sum(figures), len(figures)) for bid, figures in totals.items()}
    placed = sorted(means, key=lambda bid: -means[bid])
    return [Ranked(bid, round_places(means[bid], 2), place) for place, bid in enumerate(placed, 1)]


def winner(ranked: Sequence[Ranked], least: int) -> Ranked | None:
    """The first of the ranking, if its mean reaches the least score."""
    return ranked[0] if ranked and ranked[0].mean >= least else None


def check_notice_runs(last_day: date, ends_at: datetime, now: datetime) -> None:
    """Objections are filed before the notice ends; raises `challenge_notice_over` naming its last day."""
    if now >= ends_at:
        raise problems.NOTICE_OVER(last_day=last_day)


def check_undecided(outcome: str | None) -> None:
    """An objection is decided once; raises `challenge_objection_decided`."""
    if outcome is not None:
        raise problems.OBJECTION_SETTLED(outcome=outcome)
