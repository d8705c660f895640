"""The demonstration that `make run` plays on an empty database, through the HTTP API like any other client."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from demo import cast as casting
from demo import demand, history, modes, report, sale

RECORDS = Path(__file__).with_name("records.yaml")
ZONE = ZoneInfo("Asia/Shanghai")
CASTING_STEPS = 1
RUN_STEPS = 1


def run(base_url: str, operator_keys: tuple[str, str], console: Console) -> Mapping[str, str]:
    """Play the records and print the statement; answers a key for each kind of user."""
    records: dict[str, Any] = yaml.safe_load(RECORDS.read_text(encoding="utf-8"))
    total = CASTING_STEPS + sale.STEPS * len(records["sales"]) + len(records["deals"]) + RUN_STEPS
    total += modes.STEPS + demand.STEPS
    columns = (TextColumn("  {task.description:<60.60}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("Record and verify the parties", total=total)

        def say(what: str) -> None:
            progress.update(task, advance=1, description=what)

        cast = casting.assemble(base_url, operator_keys)
        now = datetime.fromisoformat(cast.operator.client.get("/v1/clock")["server_time"])
        today = now.astimezone(ZONE).date()
        sales = [sale.play(cast, record, today, say) for record in records["sales"]]
        known: dict[str, str] = {}
        findings = []
        for record in records["deals"]:
            say(f"{record['record']}: record the deal as published")
            findings.append(history.record_deal(cast, record, known))
        say(f"Compute the awards of {today.year}")
        awards = cast.award_officer.client.post("/v1/award-runs", {"year": today.year})
        met = demand.play(cast, records["demand"], say)
        priced = modes.play(cast, records["modes"], say)
    report.show_sales(console, sales)
    report.show_findings(console, findings)
    report.show_run(console, awards, cast)
    report.show_modes(console, priced)
    report.show_demand(console, met)
    return cast.keys()
