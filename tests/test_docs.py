"""The documents say what the code does: their examples are run, their tables are drawn from the source.

`TECHEX_RECORD=1 pytest tests/test_docs.py` writes outputs and generated tables anew.
"""

import ast
import json
import re
from collections.abc import Iterator, Set
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY as METRICS

from app import wiring
from app.catalogue.appraisals.kinds import ReportStatus
from app.contracts.registration.rules import STEPS
from app.core.history import records
from app.core.problems import REGISTRY, ProblemType
from app.core.settings import Settings
from app.core.web.reasons import REASONS
from app.finding.matching.kinds import Feedback
from app.identity.kinds import Verification
from app.market.deals.kinds import DealStatus
from app.office.ledger.kinds import DepositStatus
from app.office.ledger.rules import CHART, MOVEMENTS
from app.pricing.listed.kinds import RegistrantStatus as ListedStatus
from tests.support import emitted
from tests.support.recorded_docs import DOCUMENTS, RECORDING, Played, agrees, blocks, played
from tests.support.served import ROOT

__all__ = ["played"]
wiring.routers()  # loads every package, which declares its refusals and metrics
DOCS = ROOT / "docs"
PAGES = [*sorted(DOCS.rglob("*.md")), *sorted(ROOT.glob("*.md")), ROOT / "app" / "README.md"]
LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)")
PATH = re.compile(r"`((?:app|bench|demo|docs|migrations|openapi|tests)/[\w./-]+)`")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
MODEL = re.compile(r"`([\w/.]+)`:\n\n```\w+\n(.*?)```", re.DOTALL)
EVENT = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")
BEGINNING = re.compile(r"[a-z_]+\.[a-z_]*")
APPENDERS = {
    "note_read", "append", "tell", "_tell", "_move", "move", "_end", "_decide", "_announce", "_announced", "_event",
    "StepRow", "_tell_grant",
}  # fmt: skip
# A type that is put together from a state: its beginning, and the states that can follow.
COMPOSED: dict[str, Set[StrEnum]] = {
    "organisation.": {*Verification} - {Verification.PENDING},
    "appraisal.": {ReportStatus.ACCEPTED, ReportStatus.REFUSED},
    "deposit.": {*DepositStatus},
    "deal.": {DealStatus.CANCELLED, DealStatus.EXPIRED},
    "listing_registration.": {*ListedStatus} - {ListedStatus.REGISTERED},
    "match.": {*Feedback} - {Feedback.SEEN},
}


@pytest.mark.parametrize("document", [document for document in DOCUMENTS if document.startswith("docs/")])
def test_the_examples_work_as_written(document: str, played: Played) -> None:
    assert blocks(document)
    agrees(document, played)


def test_links_lead_somewhere() -> None:
    for page in PAGES:
        for target, part in LINK.findall(page.read_text(encoding="utf-8")):
            found = page.parent / target if target else page
            assert found.exists(), f"{page}: {target}"
            assert not part or part in _headings(found), f"{page}: {target}#{part}"
        for path in PATH.findall(page.read_text(encoding="utf-8")):
            assert (ROOT / path).exists(), f"{page}: {path}"


def _headings(page: Path) -> set[str]:
    """The names under which a page's headings can be linked to, as GitHub makes them."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in HEADING.findall(text)}


def test_the_models_for_contributors_stand_in_the_code() -> None:
    """Each block of CONTRIBUTING.md is in the file named above it, save blanks; `# …` stands for what is left out."""
    shown = MODEL.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    assert len(shown) > 5
    for path, model in shown:
        code = _without_form((ROOT / path).read_text(encoding="utf-8"))
        for piece in model.split("# …"):
            _, found, code = code.partition(_without_form(piece))
            assert found, f"{path} has no such lines, or not in this order: {piece}"


def _without_form(text: str) -> str:
    return re.sub(r"\s", "", text).replace(",)", ")")


# Events


def _documented_events() -> dict[str, set[str]]:
    return {name: set(re.findall(r"`(\w+)`", payload)) for name, payload in emitted.documented().items()}


def _occasional_fields() -> dict[str, set[str]]:
    """What stands in a payload only at times: "`reversed` where …", "`day`, or `reversed` where …"."""
    fields = re.compile(r"`(\w+)`(?=(?:, or `\w+`)? where)")
    return {name: set(fields.findall(payload)) for name, payload in emitted.documented().items()}


def _appended_events() -> Iterator[str]:
    """Every type that some call appends to the log, composed ones in all their forms."""
    for path in sorted((ROOT / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in APPENDERS:
                for argument in node.args:
                    yield from _types_in(argument)


def _name(function: ast.expr) -> str:
    return str(getattr(function, "attr", None) or getattr(function, "id", ""))


def _types_in(argument: ast.expr) -> Iterator[str]:
    if isinstance(argument, ast.IfExp):
        yield from _types_in(argument.body)
        yield from _types_in(argument.orelse)
    elif isinstance(argument, ast.JoinedStr):
        first = argument.values[0]
        beginning = str(first.value) if isinstance(first, ast.Constant) else ""
        if BEGINNING.fullmatch(beginning):
            yield from (f"{beginning}{state}" for state in COMPOSED[beginning])
    elif isinstance(argument, ast.Constant) and EVENT.fullmatch(str(argument.value)):
        yield str(argument.value)


def test_every_event_type_is_documented_and_none_is_invented() -> None:
    appended = set(_appended_events())
    assert len(appended) > 40
    assert set(emitted.audiences()) == appended, "a line of audiences.txt an event"
    assert set(_documented_events()) == appended | {records.WRITTEN, records.REMOVED}


def test_payloads_are_as_documented(played: Played) -> None:
    documented = _documented_events()
    types = {event["type"] for event in played.events}
    assert len(types) > 20
    emitted.EVENTS.update(types)
    occasional = _occasional_fields()
    for event in played.events:
        kind, found = event["type"], set(event["payload"])
        assert documented[kind] - occasional[kind] <= found <= documented[kind], kind


# Generated tables


def _in_place(path: str, mark: str, table: str) -> None:
    """What stands between `<!-- mark -->` and `<!-- /mark -->` is the table; or it is written."""
    text = (ROOT / path).read_text(encoding="utf-8")
    before, found, rest = text.partition(f"<!-- {mark} -->\n")
    stands, end, after = rest.partition(f"<!-- /{mark} -->")
    assert found, mark
    assert end, mark
    if RECORDING:
        (ROOT / path).write_text(f"{before}{found}{table}{end}{after}", encoding="utf-8")
    else:
        assert stands == table, f"{path} has drifted: run this with TECHEX_RECORD=1"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _problem_row(kind: ProblemType) -> str:
    parts = (kind.title, kind.detail, *([kind.remedy] if kind.remedy else []))
    en = f"**{parts[0].en}.** {' '.join(part.en for part in parts[1:])}"
    zh = f"**{parts[0].zh}。** {''.join(part.zh for part in parts[1:])}"
    rule = " ".join(kind.rule.as_json("zh").values()) if kind.rule else ""
    return f"| `{kind.code}` | {kind.status} | {_cell(en)} | {_cell(zh)} | {rule} |\n"


def test_e1_every_column_of_every_table_is_held_against_its_events(played: Played) -> None:
    """After all that the documents play, each row is vouched for; each column that SQL rewrites is named."""
    assert played.rows["before"] == []
    assert played.rows["missed"] == []
    assert played.rows["tried"] > 400


def test_the_table_of_refusals_is_that_of_the_code() -> None:
    head = "| code | status | English | 中文 | rule, article |\n|---|---|---|---|---|\n"
    rows = "".join(_problem_row(REGISTRY[code]) for code in sorted(REGISTRY))
    _in_place("docs/reference/problems.md", "problems", head + rows)


def test_the_list_of_commands_that_need_a_key_is_that_of_the_code() -> None:
    paths: dict[str, dict[str, Any]] = json.loads((ROOT / "openapi" / "openapi.json").read_text("utf-8"))["paths"]
    commands = [(path, method, command) for path, found in paths.items() for method, command in found.items()]
    rows = "".join(
        f"- `{method.upper()} {path}`\n"
        for path, method, command in commands
        for parameter in command.get("parameters", ())
        if parameter["name"] == "Idempotency-Key" and parameter["required"]
    )
    assert "/purchase`" in rows
    _in_place("docs/guides/integration.md", "keyed", rows)


def test_the_table_of_field_codes_is_that_of_the_code() -> None:
    meanings: dict[str, list[str]] = {}
    for reason in REASONS.values():
        said = meanings.setdefault(reason.code, [])
        said += [reason.zh] if reason.zh not in said else []
    rows = "".join(f"| `{code}` | {_cell('；'.join(meanings[code]))} |\n" for code in sorted(meanings))
    _in_place("docs/reference/problems.md", "fields", f"| code | 含义 |\n|---|---|\n{rows}")


def test_the_table_of_settings_is_that_of_the_code() -> None:
    rows = "| variable | default | meaning |\n|---|---|---|\n"
    for name, info in Settings.model_fields.items():
        variable = "DATABASE_URL" if name == "database_url" else f"TECHEX_{name.upper()}"
        default = "none" if info.default is None else f"`{info.default}`".replace(f"{ROOT}/", "")
        rows += f"| `{variable}` | {default} | {_cell(info.description or '')} |\n"
    _in_place("docs/guides/operations.md", "settings", rows)


def test_the_tables_of_the_ledger_are_those_of_the_code() -> None:
    whose = {"exchange": "the exchange", "subject": "subject", "owner": "organisation, subject"}
    rows = "| account | | side | whose | what stands there |\n|---|---|---|---|---|\n"
    for code, account in CHART.items():
        rows += f"| `{code}` | {account.zh} | {account.side} | {whose[account.holder]} | {account.holds} |\n"
    _in_place("docs/reference/ledger.md", "accounts", rows)
    rows = "| movement | | debit | credit | when | undone by |\n|---|---|---|---|---|---|\n"
    for kind, row in MOVEMENTS.items():
        debit, credit = (" or ".join(f"`{code}`" for code in codes) for codes in (row.debit, row.credit))
        rows += f"| `{kind}` | {row.zh} | {debit} | {credit} | {row.when} | {row.undone_by or 'nothing'} |\n"
    _in_place("docs/reference/ledger.md", "movements", rows)


def test_the_table_of_registration_steps_is_that_of_the_code() -> None:
    rows = "| step | | who | from | to | event | needs | period |\n|---|---|---|---|---|---|---|---|\n"
    for step, row in STEPS.items():
        sources = ", ".join(f"`{source}`" if source else "nothing" for source in row.sources)
        rows += f"| `{step}` | {row.zh} | {row.by.value.en} | {sources} | `{row.target}` | "
        rows += f"`{row.event}` | {row.needs} | {row.clock or ''} |\n"
    _in_place("docs/reference/registration.md", "steps", rows)


def test_every_metric_is_documented() -> None:
    text = (DOCS / "guides" / "operations.md").read_text(encoding="utf-8")
    for family in METRICS.collect():
        if family.name.startswith("techex_"):
            assert f"`{family.name}" in text, family.name
