"""Pure decisions about price dossiers: what a deal is compared with, which event is behind an entry, who sees seals."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.core.access import Actor, Role
from app.dossiers.story import Trace
from app.market.deals.kinds import DealStatus, PartyRole, PriceBasis

LIVE = frozenset({DealStatus.AGREED, DealStatus.CONTRACTED})
CERTAIN = frozenset({PriceBasis.FIXED, PriceBasis.FIXED_AND_CONTINGENT})
VIEWS = (Role.AUDITOR, Role.OPERATOR, Role.REGISTRAR, Role.AWARD_OFFICER)
"""The market's roles, the one that sees most first."""


@dataclass(frozen=True, slots=True)
class Comparable:
    """A deal as far as comparing asks. `public_at`: since when everybody can read its price; None: nobody else can."""

    id: UUID
    technical_field: str | None
    transfer_mode: str
    price: Decimal
    price_basis: PriceBasis
    agreed_at: datetime
    status: DealStatus
    related: bool
    public_at: datetime | None

    def may_stand_beside(self, deal: "Comparable") -> bool:
        """Another deal of the same field and mode, in force, at a public and certain price, between strangers."""
        return (
            self.id != deal.id
            and self.technical_field is not None
            and self.technical_field == deal.technical_field
            and self.transfer_mode == deal.transfer_mode
            and self.public_at is not None
            and self.price_basis in CERTAIN
            and self.status in LIVE
            and not self.related
        )


def comparables(deal: Comparable, candidates: Iterable[Comparable], most: int) -> list[Comparable]:
    """At most `most` deals to compare with, the nearest in time first; of two as near the earlier one, then by id."""

    def distance(other: Comparable) -> tuple[timedelta, datetime, UUID]:
        return abs(other.agreed_at - deal.agreed_at), other.agreed_at, other.id

    fitting = {other.id: other for other in candidates if other.may_stand_beside(deal)}
    return sorted(fitting.values(), key=distance)[:most]


@dataclass(frozen=True, slots=True)
class Happened:
    """An event as far as finding it asks."""

    id: UUID
    seq: int
    type: str
    subject_id: UUID
    payload: Mapping[str, Any]


class Happenings:
    """Events, looked up by what a trace names: a long history has as many traces as events."""

    def __init__(self, happened: Iterable[Happened]) -> None:
        """Take the events in, oldest first."""
        self._by_id: dict[UUID, Happened] = {}
        self._by_kind: dict[tuple[str, UUID], list[Happened]] = defaultdict(list)
        self._by_member: dict[tuple[str, UUID, str, Any], list[Happened]] = defaultdict(list)
        for event in happened:
            self._by_id[event.id] = event
            self._by_kind[event.type, event.subject_id].append(event)
            for name, value in event.payload.items():
                if isinstance(value, str | int):
                    self._by_member[event.type, event.subject_id, name, value].append(event)

    def behind(self, traces: Sequence[Trace]) -> list[Happened]:
        """The events that traces lead to, each once."""
        found = [event for trace in traces if (event := self._behind(trace)) is not None]
        return list({event.seq: event for event in found}.values())

    def _behind(self, trace: Trace) -> Happened | None:
        if trace.event_id is not None:
            return self._by_id.get(trace.event_id)
        kind = (trace.type, trace.subject_id)
        lists = [self._by_member.get((*kind, name, value), []) for name, value in trace.match.items()]
        candidates = min(lists, key=len) if lists else self._by_kind.get(kind, [])
        for event in reversed(candidates):
            if all(event.payload.get(name) == value for name, value in trace.match.items()):
                return event
        return None


def sees_whole(actor: Actor, *, is_for: bool, acting: UUID | None, by_person: bool) -> bool:
    """Whether an actor may have an event as it was sealed, person, key and request included.

    It must be among the event's audience, and be who acted, the operator or the auditor, or nobody have acted but time.
    """
    own = acting is not None and acting == actor.organisation_id
    return is_for and (own or actor.has(Role.OPERATOR, Role.AUDITOR) or not by_person)


def view_of(actor: Actor, parties: Mapping[UUID, PartyRole]) -> str:
    """For whom a dossier is made: the organisation's role in the deal, or the market's role that sees most."""
    if actor.organisation_id is not None and actor.organisation_id in parties:
        return parties[actor.organisation_id]
    return next(role for role in VIEWS if actor.has(role))
