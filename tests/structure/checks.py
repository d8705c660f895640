"""The house's own rules, each a function from a file to its faults: (line, what is wrong).

What a check leaves out stands in `EXCEPT`, with the reason. An exception that is needed no more fails a test.
"""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from tests.structure.source import Source

Fault = tuple[int, str]
Check = Callable[[Source], Iterable[Fault]]

MOST_LINES = 500
MOST_FILES = 15
OUTSIDE = {"core", "run", "cli", "commands", "worker", "main"}
"""Wings that hold no domain: the machinery below it, and what runs it."""

EXCEPT: dict[str, dict[str, str]] = {
    "reading": {
        "app/identity/bootstrap.py": "runs before anybody could ask: whether the installation is empty",
    },
    "raw-sql": {
        "app/pricing/auction/bidding/turn.py": "the clerk's own statements: a bid has no time for sessions",
        "app/pricing/auction/live/notifier.py": "NOTIFY has no other form",
    },
    "float": {
        "app/law/strict_yaml.py": "refuses the floats of a file",
        "app/office/printing/pages.py": "points on paper",
        "app/pricing/auction/bidding/clerk.py": "seconds of patience; the amounts are decided in rules.py and forms/",
        "app/pricing/auction/live/watcher.py": "seconds since the last beat",
    },
    "clock": {
        "app/core/web/middleware.py": "measures how long a request took, for the metrics",
        "app/pricing/auction/live/stream.py": "measures how long a heartbeat took; decides nothing",
    },
    "mixed-message": {
        "app/catalogue/results/queries.py": "the team's name where an owner's name stands, which is one string",
        "app/contracts/certificates/service.py": "stored reason of a revocation",
        "app/contracts/settlement/follows.py": "stored reason of a cancelled instruction",
        "app/contracts/settlement/rules.py": "stored label of a part of the price",
        "app/contracts/settlement/service.py": "stored reason of a cancelled instruction",
        "app/dossiers/exports/bundle.py": "the title page of a bundle, which shows both languages",
        "app/market/gates/service.py": "stored reason of a refused gate",
        "app/pricing/auction/mode.py": "stored reason of a cancelled auction",
        "app/pricing/closing.py": "stored reason of a sale that cannot go on",
        "app/pricing/listed/mode.py": "stored reason of a terminated sale",
        "app/pricing/listed/service.py": "stored reason of a terminated sale",
        "app/pricing/negotiated/notice/objections.py": "stored reason of a terminated negotiation",
    },
}
"""What is left of `mixed-message` are reasons that are stored; the list only shrinks."""


def reading(source: Source) -> Iterator[Fault]:
    """What an actor may see is written once a package, in `queries.py`; a query elsewhere would go round it."""
    if source.name == "queries.py" or source.wing in OUTSIDE:
        return
    for line, name in source.used:
        owner, _, last = name.rpartition(".")
        if (owner.startswith("sqlalchemy") and last in _READS) or (_is_session(owner) and last in _SESSION_READS):
            yield line, f"{name} reads outside queries.py"


_READS = {"select", "union", "union_all", "exists"}
_SESSION_READS = {"get", "get_one", "query", "scalar", "scalars", "stream", "stream_scalars"}


def _is_session(owner: str) -> bool:
    return owner.rpartition(".")[2].lstrip("_").endswith("session")


def raw_sql(source: Source) -> Iterator[Fault]:
    """SQL as text stands in `queries.py` and `models.py`, where a reader of a table looks for it."""
    if source.name in {"queries.py", "models.py"} or source.wing in OUTSIDE:
        return
    for line, text in source.strings:
        if _SQL.match(text):
            yield line, "SQL as text outside queries.py"
    for line, name in source.used:
        if name in {"sqlalchemy.text", "sqlalchemy.literal_column"}:
            yield line, f"{name} outside queries.py and models.py"


_SQL = re.compile(
    r"\s*(select\s.*\sfrom\s|select\s+\w+\(|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|with\s+\w+\s+as\s)",
    re.IGNORECASE | re.DOTALL,
)


def floats(source: Source) -> Iterator[Fault]:
    """Money, shares and rates are Decimal; they are rounded in `core/money.py` alone (`round` rounds half to even)."""
    if source.wing in OUTSIDE:
        return
    for line, name in source.used:
        if name in {"float", "round"} or name in _BINARY:
            yield line, f"{name} near money"
    seconds = {id(node.value) for node in source.nodes if isinstance(node, ast.Assign) and _names_seconds(node)}
    for node in source.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, float) and id(node) not in seconds:
            yield node.lineno, f"{node.value} is a float"


def _names_seconds(node: ast.Assign) -> bool:
    """`LOOK_SECONDS = 0.5` is how long a process waits, and no money."""
    return all(isinstance(target, ast.Name) and target.id.endswith("_SECONDS") for target in node.targets)


_BINARY = {f"sqlalchemy.{name}" for name in ("Float", "Double", "REAL", "FLOAT")}


def clock(source: Source) -> Iterator[Fault]:
    """There is one clock, `techex_now()`: every other one disagrees with it in a sandbox."""
    if source.wing == "run":
        return
    for line, name in source.used:
        if name in _CLOCKS:
            yield line, f"{name} is a second clock"
    if source.wing != "core":
        for line, text in source.strings:
            if _SQL_CLOCK.search(text):
                yield line, "a clock of the database that a sandbox does not move"


_CLOCKS = {f"datetime.{name}" for name in ("datetime.now", "datetime.utcnow", "datetime.today", "date.today")}
_CLOCKS |= {f"time.{name}" for name in ("time", "time_ns", "monotonic", "perf_counter", "localtime", "gmtime")}
_CLOCKS |= {f"sqlalchemy.func.{name}" for name in ("now", "current_timestamp", "clock_timestamp", "current_date")}
_MOVED = re.escape(") + coalesce((SELECT moved FROM sandbox_clock)")
"""`techex_now()` written out, for reads that must be fast."""
_SQL_CLOCK = re.compile(rf"(?<!\w)now\(\)|CURRENT_(?:TIMESTAMP|DATE|TIME)\b|LOCALTIME|clock_timestamp\((?!{_MOVED})")


def side_effect_import(source: Source) -> Iterator[Fault]:
    """Nothing is imported for what its import does: what is wired stands in one table."""
    for line, text in enumerate(source.text.splitlines(), start=1):
        if re.search(r"#\s*noqa:[^#]*\bF401\b", text):
            yield line, "an import that nothing uses"
    used = {name for _, name in source.used}
    for node in source.nodes:
        for alias in node.names if isinstance(node, ast.Import) else ():
            wanted = alias.asname or alias.name
            if alias.name.startswith("app.") and not any(f"{name}.".startswith(f"{wanted}.") for name in used):
                yield node.lineno, f"import {alias.name} only for what it does"


def enum_place(source: Source) -> Iterator[Fault]:
    """Enums live in `kinds.py`, so that pure code that names a state imports no table."""
    if source.name == "kinds.py" or source.wing == "core":
        return
    for node in source.nodes:
        if isinstance(node, ast.ClassDef):
            for base in node.bases:
                name = str(getattr(base, "attr", None) or getattr(base, "id", ""))
                if name in {"Enum", "StrEnum", "IntEnum", "Flag", "IntFlag"}:
                    yield node.lineno, f"{node.name} belongs into kinds.py"


def mixed_message(source: Source) -> Iterator[Fault]:
    """No string holds both languages: what is told in words is a `Text`, and a refusal renders it in one of them."""
    for line, text in source.strings:
        if _MIXED.search(text):
            yield line, f"two languages in one string: {text[:60]}"
    for node in source.nodes:
        if isinstance(node, ast.Call) and _names_refusal(node.func):
            for keyword in node.keywords:
                words = [part.value for part in ast.walk(keyword.value) if isinstance(part, ast.Constant)]
                is_text = any(isinstance(part, ast.Call) for part in ast.walk(keyword.value))
                if not is_text and any(isinstance(word, str) and _WORDS.search(word) for word in words):
                    yield node.lineno, f"the parameter {keyword.arg} is words and no Text"


_MIXED = re.compile(r"[A-Za-z]{3,}[^\n]* / [\u4e00-\u9fff]|[\u4e00-\u9fff] / [A-Za-z]{3,}")
_WORDS = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}|[\u4e00-\u9fff]")


def _names_refusal(called: ast.expr) -> bool:
    name = str(getattr(called, "attr", None) or getattr(called, "id", ""))
    return name.isupper() and len(name) > 1


def file_size(source: Source) -> Iterator[Fault]:
    """A file is read in one sitting."""
    lines = source.text.count("\n")
    if lines > MOST_LINES:
        yield MOST_LINES, f"{lines} lines; at most {MOST_LINES}"


CHECKS: dict[str, Check] = {
    "reading": reading,
    "raw-sql": raw_sql,
    "float": floats,
    "clock": clock,
    "side-effect-import": side_effect_import,
    "enum-place": enum_place,
    "mixed-message": mixed_message,
    "file-size": file_size,
}


def folder_size(sources: Iterable[Source]) -> list[str]:
    """A folder is taken in at a glance."""
    counted = Counter(source.folder for source in sources)
    return [f"{folder}: {count} files; at most {MOST_FILES}" for folder, count in counted.items() if count > MOST_FILES]


def faults(name: str, sources: Iterable[Source]) -> list[str]:
    """What one check finds in some files, as `path:line: what`, exceptions left out."""
    left_out = EXCEPT.get(name, {})
    return [
        f"{source.path}:{line}: {what}"
        for source in sources
        if source.path not in left_out
        for line, what in sorted(set(CHECKS[name](source)))
    ]
