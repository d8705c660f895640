"""Which grants exclude each other, and what is still free. Everything that asks it asks here: whether a result may be
listed, published or put back on sale, whether a deal may be made, and whether a contract may grant.

By the kinds of licence (art. 25 of the interpretation on technology contracts): an exclusive one (独占) leaves nobody
else, a sole one (排他) the licensor alone, ordinary ones (普通) stand next to each other. Who assigned a right grants
nothing in it any more; who acquired it takes it subject to the licences that were given before (art. 24).
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from app.catalogue.results.kinds import TransferMode
from app.catalogue.rights.rules.territory import overlap

LICENCES: Final = frozenset({TransferMode.EXCLUSIVE_LICENCE, TransferMode.SOLE_LICENCE, TransferMode.ORDINARY_LICENCE})
OUTRIGHT: Final = frozenset({TransferMode.ASSIGNMENT, TransferMode.EQUITY_CONTRIBUTION})
"""Modes after which the grantor does not hold the right any more."""
DISPOSALS: Final = LICENCES | OUTRIGHT
"""Modes that dispose of the right itself; development, consulting and service grant nothing."""


@dataclass(frozen=True, slots=True)
class Granted:
    """A grant, or one that somebody wants to make: who grants it to whom, its scope, and its days (both included).

    `deal_id`: several contracts on one deal share what was agreed, and do not exclude each other.
    """

    mode: TransferMode
    grantors: frozenset[UUID]
    grantees: frozenset[UUID]
    field_of_use: str | None
    territory: str | None
    first: date
    last: date | None
    deal_id: UUID | None = None
    id: UUID | None = None

    def holds(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.first <= day and (self.last is None or day <= self.last)


def meet(one: Granted, other: Granted) -> bool:
    """Whether there is a day on which both hold."""
    first = max(one.first, other.first)
    return one.holds(first) and other.holds(first)


def excludes(earlier: Granted, later: Granted) -> bool:
    """Whether two grants in one right may not stand next to each other on any day; `earlier` was made first."""
    if not meet(earlier, later) or (earlier.deal_id is not None and earlier.deal_id == later.deal_id):
        return False
    if earlier.mode in OUTRIGHT:
        return not later.grantors & earlier.grantees
    if later.mode in OUTRIGHT:
        return False
    return compete(earlier.mode, later.mode) and _scopes_meet(earlier, later)


def compete(one: TransferMode, other: TransferMode) -> bool:
    """Whether two modes are too many for one right in one scope: only ordinary licences stand next to each other."""
    return not one == other == TransferMode.ORDINARY_LICENCE


def in_the_way(wanted: Granted, held: Iterable[Granted]) -> list[Granted]:
    """Which of the known grants exclude one that is wanted; of two that begin on one day the known one was first.

    A licence may have been given before a known acquisition; an acquisition is not put before a known one.
    """
    return [grant for grant in held if _stands_in_the_way(grant, wanted)]


def _stands_in_the_way(known: Granted, wanted: Granted) -> bool:
    if known.first <= wanted.first:
        return excludes(known, wanted)
    both_outright = known.mode in OUTRIGHT and wanted.mode in OUTRIGHT
    return excludes(wanted, known) or (both_outright and meet(known, wanted))


def subject_to(wanted: Granted, held: Iterable[Granted]) -> list[Granted]:
    """The licences with which the right is acquired."""
    if wanted.mode not in OUTRIGHT:
        return []
    return [grant for grant in held if grant.mode in LICENCES and meet(grant, wanted)]


def passed_on(wanted: Granted, held: Iterable[Granted]) -> list[Granted]:
    """The acquisitions that end when the one who acquired the right disposes of it in turn."""
    if wanted.mode not in OUTRIGHT:
        return []
    return [
        grant
        for grant in held
        if grant.mode in OUTRIGHT and grant.grantees & wanted.grantors and grant.holds(wanted.first)
    ]


def still_free(held: Iterable[Granted], grantor: UUID, day: date) -> list[TransferMode]:
    """The modes in which a grantor may still dispose of the whole right from a day on, for every field and place."""
    known = list(held)
    return [
        mode
        for mode in TransferMode
        if mode in DISPOSALS
        and not in_the_way(Granted(mode, frozenset({grantor}), frozenset(), None, None, day, None), known)
    ]


def _scopes_meet(one: Granted, other: Granted) -> bool:
    fields = {_folded(one.field_of_use), _folded(other.field_of_use)}
    return (None in fields or len(fields) == 1) and overlap(one.territory, other.territory)


def _folded(field: str | None) -> str | None:
    return None if field is None else "".join(unicodedata.normalize("NFKC", field).casefold().split())
