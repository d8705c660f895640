"""What the run emitted: at the end of a whole one, every documented event was emitted and every deadline ran.

An event that no test causes may have been forgotten in the code, and nobody would know. What the documents play counts
too (`tests/test_docs.py`). A run of some tests says nothing.
"""

import re
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.pool import Pool

from app.core.deadlines import HANDLERS, RUNNING
from app.core.history.events import AWARD_OFFICER, OPERATOR, PUBLIC, REGISTRAR, STAFF, Event
from app.core.history.records import REMOVED, WRITTEN
from tests.support.served import ROOT

PAGE = ROOT / "docs" / "reference" / "events.md"
TABLE = ROOT / "tests" / "support" / "access" / "audiences.txt"
ROW = re.compile(r"^\| `([a-z_]+\.[a-z_]+)` \|[^|]*\|([^|]*)\|$", re.MULTILINE)
EVENTS: set[str] = set()
MISLED: list[str] = []
"""Events that reached whom they must not, or missed whom they must reach, since somebody last asked."""
DEADLINES: set[str] = set()


def documented() -> dict[str, str]:
    """Each event type of the documentation, and what it says of its payload."""
    return dict(ROW.findall(PAGE.read_text(encoding="utf-8")))


def audiences() -> dict[str, tuple[str, list[str]]]:
    """The table of audiences: each type with its five cells, and the fields whose organisations are all told."""
    lines = (line.split() for line in TABLE.read_text(encoding="utf-8").splitlines() if line and line[0] != "#")
    return {line[0]: ("".join(line[1:6]), line[6:]) for line in lines}


def missing() -> list[str]:
    """What the run should have caused, and did not."""
    deadlines = {kind for kind in HANDLERS.providers if not kind.startswith("test.")} - DEADLINES
    events = set(documented()) - EVENTS - {WRITTEN, REMOVED}  # those are inserted by SQL; `vouched` reads them back
    return [f"no test emits {name}" for name in sorted(events)] + [
        f"no test runs the deadline {name}" for name in sorted(deadlines)
    ]


# Seen in this process


def _on_insert(_mapper: object, _connection: object, row: Event) -> None:
    EVENTS.add(row.type)
    if row.type in AUDIENCES:
        expected, named = AUDIENCES[row.type]
        told = [audience in row.audiences for audience in (PUBLIC, OPERATOR, REGISTRAR, AWARD_OFFICER)]
        told.append(not {PUBLIC, *STAFF}.issuperset(row.audiences))
        if any({"A": not yes, "-": yes, "?": False}[cell] for cell, yes in zip(expected, told, strict=True)):
            MISLED.append(f"{row.type}: expected {expected}, told {told}")
        facts = {"subject": str(row.subject_id)} | row.payload
        told_of = set(map(str, row.audiences))
        MISLED.extend(f"{row.type}: {name} is not told" for name in named if facts[name] not in told_of)


def take_misled() -> list[str]:
    """The faults since the last call."""
    faults, MISLED[:] = list(MISLED), []
    return faults


def _on_execute(state: ORMExecuteState) -> None:
    running = state.session.info.get(RUNNING)
    if running is not None:
        DEADLINES.add(running.kind)


def _on_connect(connection: Any, _record: object) -> None:
    connection.driver_connection.add_query_logger(_on_driver)


def _on_driver(ran: Any) -> None:
    """The clerk of the auctions writes its events itself, many at a time: their types are one of the arguments."""
    if REMOVED in ran.query:  # SQL decides which of the two it is
        EVENTS.update({WRITTEN, REMOVED})
    elif "INSERT INTO events" in ran.query:
        for argument in ran.args:
            EVENTS.update(set(map(str, argument)) & _TYPES if isinstance(argument, list) else ())


_TYPES = set(documented())
AUDIENCES = audiences()
event.listen(Event, "after_insert", _on_insert)
event.listen(Session, "do_orm_execute", _on_execute)
event.listen(Pool, "connect", _on_connect)


# Gathered at the end


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """A process of xdist has ended: what it saw was seen."""
    EVENTS.update(getattr(node, "workeroutput", {}).get("events", ()))
    DEADLINES.update(getattr(node, "workeroutput", {}).get("deadlines", ()))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    config = session.config
    if hasattr(config, "workeroutput"):
        config.workeroutput |= {"events": sorted(EVENTS), "deadlines": sorted(DEADLINES)}
    elif _is_whole(config) and exitstatus == pytest.ExitCode.OK and missing():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if _is_whole(config) and terminalreporter._session.exitstatus == pytest.ExitCode.TESTS_FAILED:
        for line in missing():
            terminalreporter.write_line(line, red=True)


def _is_whole(config: pytest.Config) -> bool:
    """Whether every test was asked for, and run."""
    option = config.option
    chosen = option.keyword or option.markexpr or option.deselect or option.ignore or option.collectonly
    return config.args_source == pytest.Config.ArgsSource.TESTPATHS and not chosen
