"""The order of locks, watched: a test whose transactions take locks against the documented order fails.

The order is the table "Order of locks" in `docs/reference/architecture.md`; what is watched are the statements of
every session and of every transaction on the driver's own connection.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Select, TextClause, event, inspect
from sqlalchemy.engine import Result
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction
from sqlalchemy.pool import Pool

from tests.support.served import ROOT

PAGE = ROOT / "docs" / "reference" / "architecture.md"
UNDER = {"negotiations": "listings", "purchase_offers": "listings", "auctions": "listings", "periods": "calendar"}
"""What may be locked late by who holds something else: nobody waits for it who does not hold that as well."""
ALONE = {
    "api_keys": "a request notes that its key was used, and waits for nobody; revoking a key locks nothing else",
    "organisations": "verifying, moving and renaming, inviting and adding its first people lock nothing of the order",
    "organisation_name": "a name is taken under the lock of its organisation, where it has one already",
    "organisation_code": "a USCC is taken after the name, under the lock of its organisation, where it has one already",
    "organisation_duplicates": "deciding whether two are the same locks nothing else",
    "organisation_relations": "correcting a finding locks nothing else",
    "people": "appointing locks nothing else",
    "invitations": "inviting and redeeming lock nothing else",
    "brokers": "certifying and employing lock nothing else; a correction of an employment locks it first",
    "employments": "ending an employment locks nothing else",
    "departures": "leaving locks the membership, the employment and the keys besides, and nothing else",
    "memberships": "ending a membership locks nothing else",
    "listing_questions": "answering a question locks nothing else",
    "search_feed": "saving a search, and telling what changed, lock saved searches besides, what keeps the map "
    "industry chains, and nothing else",
    "industry_chain": "importing a chain locks its code and then its row, and nothing else",
    "industry_chains": "see industry_chain; placing holds the chains in the order of their ids",
    "saved_searches": "see search_feed; pausing and deleting one lock nothing else",
    "dormant_lists": "gathering and publishing lock nothing else; who answers holds it shared, and then the result",
    "dormant_results": "see dormant_lists",
    "sandbox_clock": "moving the clock locks nothing else",
    "award-run": "computing a year locks its runs and nothing else",
    "award_runs": "see award-run",
    "audit": "the chain is sealed in transactions of its own",
    "subject": "what the tests of deadlines lock for a subject",
}
"""What is locked in transactions that lock nothing of the order."""


@dataclass(frozen=True)
class Place:
    """Where a table or an advisory lock stands: the row of the documented table, and the place in that row."""

    row: int
    within: int


def documented() -> dict[str, Place]:
    """The order as the documentation has it."""
    _, _, rest = PAGE.read_text(encoding="utf-8").partition("## Order of locks\n")
    section = rest.partition("\n## ")[0]
    places: dict[str, Place] = {}
    for row, names in re.findall(r"^\| (\d+) \|[^|]+\|([^|]+)\|", section, re.MULTILINE):
        for within, step in enumerate(names.split("→")):
            places |= dict.fromkeys(re.findall(r"`([\w-]+)`", step), Place(int(row), within))
    return places


@dataclass
class Watch:
    """What a test process saw of locks: `faults`, and what was `taken`, since somebody last asked."""

    order: Mapping[str, Place] = field(default_factory=documented)
    faults: list[str] = field(default_factory=list)
    taken: dict[str, None] = field(default_factory=dict)

    def take_taken(self) -> tuple[str, ...]:
        """The locks taken since the last call, each once, in the order of their first rows; `?` was only tried."""
        found, self.taken = tuple(self.taken), {}
        return found

    def take(self) -> list[str]:
        """The faults since the last call."""
        found, self.faults = self.faults, []
        return found


class Held:
    """The locks of one transaction, in the order in which they were taken."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._taken: dict[tuple[str, object], Place] = {}

    def take(self, name: str, keys: Iterable[object], *, waits: bool = True) -> None:
        """Note that rows of a table (or an advisory lock) were locked; one that was only tried breaks no order."""
        new = [key for key in keys if (name, key) not in self._taken]
        if not new:
            return
        self._watch.taken[name if waits else f"{name}?"] = None
        if name in ALONE:
            return
        place = self._watch.order.get(name)
        if place is None:
            self._watch.faults.append(f"{name} is locked, and has no place in the documented order")
            return
        later = sorted({taken for (taken, _), other in self._taken.items() if _after(other, place)})
        if waits and later and UNDER.get(name) not in {taken for taken, _ in self._taken}:
            self._watch.faults.append(f"{name} is locked after {', '.join(later)}: the documented order is the other")
        self._taken |= {(name, key): place for key in new}


def _after(one: Place, other: Place) -> bool:
    return (one.row, one.within) > (other.row, other.within)


# Sessions


WATCH = Watch()
_HELD: WeakKeyDictionary[Session, Held] = WeakKeyDictionary()


def _on_execute(state: ORMExecuteState) -> Result[Any] | None:
    statement = state.statement
    if isinstance(statement, Select) and statement._for_update_arg is not None:
        return _locking(state, statement)
    if isinstance(statement, TextClause) and "pg_advisory_xact_lock" in statement.text:
        name, _, key = str(state.parameters["name"]).partition(":")  # type: ignore[index]
        _held(state.session).take(name, [key])
    return None


def _locking(state: ORMExecuteState, statement: Select[Any]) -> Result[Any]:
    """Run a statement that locks; the rows that it found are what is locked now."""
    how = statement._for_update_arg
    tables = [table.name for table in how.of or statement.get_final_froms()]
    frozen = state.invoke_statement().freeze()
    for table in tables:
        keys = [_key(row, table) for row in frozen.data]
        _held(state.session).take(table, keys, waits=not (how.skip_locked or how.nowait))
    return frozen()


def _key(row: Any, table: str) -> object:
    """The key of a table's row in what a statement answered: an entity, or a tuple that begins with the id."""
    values = row if isinstance(row, tuple) else (row,)
    for value in values:
        if getattr(value, "__tablename__", None) == table:
            return inspect(value).identity
    return (values[0],)


def _held(session: Session) -> Held:
    return _HELD.setdefault(session, Held(WATCH))


def _on_end(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        _HELD.pop(session, None)


# The driver's own transactions: bids


_LOCKS = re.compile(r"\bFROM (\w+)\b[^;]*?\bFOR (?:NO KEY )?(?:UPDATE|SHARE)\b")


def _on_connect(connection: Any, _: object) -> None:
    connection.driver_connection.add_query_logger(_on_driver)


def _on_driver(ran: Any) -> None:
    """What does not go through SQLAlchemy locks auctions alone."""
    WATCH.faults += [
        f"{table} is locked beside the sessions" for table in _LOCKS.findall(ran.query) if table != "auctions"
    ]


event.listen(Session, "do_orm_execute", _on_execute)
event.listen(Session, "after_transaction_end", _on_end)
event.listen(Pool, "connect", _on_connect)
