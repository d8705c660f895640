"""Pure decisions about responses: their life, who may respond, and as what."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from app.catalogue.demands.challenges.problems import JUDGED_BY_EXPERTS
from app.catalogue.demands.kinds import DemandKind, SolutionWay
from app.catalogue.demands.responses.kinds import (
    OPEN_STATUSES,
    ResponderCapacity,
    ResponseMove,
    ResponseMover,
    ResponseStatus,
)
from app.catalogue.demands.responses.problems import (
    CAPACITY_UNFIT,
    MODE_NOT_ASKED_FOR,
    OWN_DEMAND,
    RESPONSE_TRANSITION_REFUSED,
)
from app.catalogue.demands.rules import modes_of
from app.catalogue.results.kinds import TransferMode

S = ResponseStatus


@dataclass(frozen=True, slots=True)
class ResponseStep:
    """From which states a move leads where (None: nowhere else), and who may make it."""

    sources: frozenset[ResponseStatus]
    target: ResponseStatus | None
    movers: frozenset[ResponseMover]


def _step(sources: Iterable[ResponseStatus], target: ResponseStatus | None, *movers: ResponseMover) -> ResponseStep:
    return ResponseStep(frozenset(sources), target, frozenset(movers))


STEPS: dict[ResponseMove, ResponseStep] = {
    ResponseMove.AMENDMENT: _step(OPEN_STATUSES, None, ResponseMover.RESPONDER),
    ResponseMove.SHORTLISTING: _step([S.SENT], S.SHORTLISTED, ResponseMover.DEMANDER),
    ResponseMove.AGREEMENT: _step([S.SHORTLISTED], S.AGREED, ResponseMover.DEMANDER),
    ResponseMove.DECLINE: _step(OPEN_STATUSES, S.DECLINED, ResponseMover.DEMANDER, ResponseMover.CHALLENGE),
    ResponseMove.AWARD: _step([S.SENT], S.AGREED, ResponseMover.CHALLENGE),
    ResponseMove.WITHDRAWAL: _step(OPEN_STATUSES, S.WITHDRAWN, ResponseMover.RESPONDER),
    ResponseMove.HANDOVER: _step([S.AGREED], None, ResponseMover.DEMANDER),
    ResponseMove.FULFILMENT: _step([S.AGREED], S.FULFILLED, ResponseMover.DEAL),
    ResponseMove.LAPSE: _step(OPEN_STATUSES, S.LAPSED, ResponseMover.DEMAND),
}


def after(move: ResponseMove, mover: ResponseMover, status: ResponseStatus) -> ResponseStatus:
    """The state a move leads to; raises `response_transition_refused` naming what is possible from here."""
    step = STEPS[move]
    if status in step.sources and mover in step.movers:
        return step.target or status
    possible = {other: sorted(known.movers) for other, known in STEPS.items() if status in known.sources}
    text = ", ".join(f"{other} ({' / '.join(movers)})" for other, movers in possible.items()) or "-"
    raise RESPONSE_TRANSITION_REFUSED(
        status=status, move=move, mover=mover, possible=text,
        extra={"response_status": status, "possible": [{"move": m, "by": movers} for m, movers in possible.items()]},
    )  # fmt: skip


def side_of(organisation_id: UUID, demander_id: UUID) -> ResponseMover:
    """For which side somebody speaks who may see the response."""
    return ResponseMover.DEMANDER if organisation_id == demander_id else ResponseMover.RESPONDER


def check_responder(organisation_id: UUID, partners: Iterable[UUID], demanders: Collection[UUID]) -> None:
    """Who posted a demand, or stands for who did, neither responds to it nor joins a response; raises `own_demand`."""
    if organisation_id in demanders:
        raise OWN_DEMAND()
    if not set(partners).isdisjoint(demanders):
        raise OWN_DEMAND(field="partner_ids")


def check_choice(move: ResponseMove, status: ResponseStatus, kind: DemandKind) -> None:
    """The bids of a challenge are judged by experts: its poster declines only what it was awarded.

    Raises `judged_by_experts`.
    """
    chosen = {ResponseMove.SHORTLISTING, ResponseMove.AGREEMENT}
    if kind == DemandKind.CHALLENGE and (move in chosen or (move is ResponseMove.DECLINE and status != S.AGREED)):
        raise JUDGED_BY_EXPERTS()


def check_capacity(capacity: ResponderCapacity, *, is_agency: bool, results: int) -> None:
    """A holder names a result, and an agency is one; raises `capacity_unfit`."""
    if (capacity is ResponderCapacity.HOLDER and not results) or (
        capacity is ResponderCapacity.AGENCY and not is_agency
    ):
        raise CAPACITY_UNFIT(field="capacity", capacity=capacity)


def check_mode(mode: TransferMode, ways: Iterable[SolutionWay]) -> None:
    """The solution comes in one of the ways asked for; raises `mode_not_asked_for` naming the modes that would pass."""
    modes = modes_of(ways)
    if mode not in modes:
        raise MODE_NOT_ASKED_FOR(field="transfer_mode", mode=mode, modes=", ".join(sorted(modes)))
