"""What the demonstration prints: facts and suppositions apart, and the statements with their articles."""

from typing import Any

from rich.console import Console
from rich.table import Table

from demo.cast import Cast
from demo.history import Finding
from demo.modes import Played
from demo.sale import Sale

ROLES = {"buyer": "买方 buyer", "seller": "卖方 seller", "agency": "技术转移机构 agency"}


def show_sales(console: Console, sales: list[Sale]) -> None:
    """What was a public fact in each sale, and what the demonstration supposed."""
    for sale in sales:
        record = sale.record
        console.print(f"\n[bold]{record['record']}[/bold]  {record['facts']['title']}")
        console.print(f"  fact      {record['facts']['how']}; {record['url']}")
        console.print(
            "  supposed  the parties (示例…), the contract, its registration "
            f"({sale.registration['number']}), dates, payments ({sale.paid} CNY so far)"
        )


def show_findings(console: Console, findings: list[Finding]) -> None:
    """Real deals as recorded, and what the policy says of them."""
    for finding in findings:
        record = finding.record
        console.print(
            f"\n[bold]{record['record']}[/bold]  {record['seller']['name']} → {record['buyer']['name']}, "
            f"{record['price']} CNY, {record['pricing_mode']} (as published; nothing added)"
        )
        console.print(f"  award for {record['estimate_year']}: {finding.total}")
        for reason in finding.reasons:
            console.print(f"  because   {reason}")


def show_modes(console: Console, played: list[Played]) -> None:
    """How each record found its price: the public fact, and what was played."""
    console.print(
        "\n[bold]Four ways to a price[/bold] (fictional parties; the sandbox's clock was moved through the notices)"
    )
    for one in played:
        _show_played(console, one)


def show_demand(console: Console, met: Played) -> None:
    """How a demand became a deal: the public fact, and what was played."""
    console.print("\n[bold]From a demand to a deal[/bold] (fictional parties; budget, answer and price are supposed)")
    _show_played(console, met)


def _show_played(console: Console, one: Played) -> None:
    console.print(f"\n[bold]{one.record['record']}[/bold]  {one.mode}: {one.record['facts']['title']}")
    console.print(f"  fact      {one.record['facts']['how']}; {one.record['url']}")
    for line in one.lines:
        console.print(f"  played    {line}")


def show_run(console: Console, run: dict[str, Any], cast: Cast) -> None:
    """The award run: each statement's lines add up, each line with its article."""
    kind = "preliminary, the year is not over" if run["preliminary"] else run["status"]
    console.print(
        f"\n[bold]Award statement {run['number']}[/bold] for {run['year']} ({kind}), programme {run['programme_id']}"
    )
    for statement in run["statements"]:
        console.print(_statement_table(statement))
        if statement["brokers"]:
            _show_brokers(console, statement["brokers"], cast)
    for exclusion in run["exclusions"]:
        console.print(f"  not counted: {exclusion['reason_en']} ({exclusion['article']['en']})")
    console.print(f"  all statements together: {run['total']} CNY; facts {run['facts_sha256'][:16]}…")


def _statement_table(statement: dict[str, Any]) -> Table:
    capped = f"cap {statement['cap']} applied" if statement["cap_applied"] else f"cap {statement['cap']} not reached"
    table = Table(
        title=f"{ROLES[statement['role']]}  {statement['organisation_name']}: {statement['total']} CNY ({capped})",
        title_justify="left",
        box=None,
        collapse_padding=True,
        show_footer=True,
    )
    for name, footer in (("contract", ""), ("received", "")):
        table.add_column(name, footer, no_wrap=True)
    for name, footer in (
        ("countable × rate", ""),
        ("= raw", _short(statement["raw_total"])),
        ("awarded", statement["total"]),
    ):
        table.add_column(name, footer, justify="right", no_wrap=True)
    table.add_column("article", no_wrap=True)
    for line in statement["lines"]:
        table.add_row(
            line["contract_number"],
            line["received_on"],
            f"{_short(line['base'])} × {line['rate']}",
            _short(line["raw"]),
            line["awarded"],
            line["article"]["en"].rsplit(", ", 1)[-1],
        )
    return table


def _short(figure: str) -> str:
    return figure.rstrip("0").rstrip(".") if "." in figure else figure


def _show_brokers(console: Console, part: dict[str, Any], cast: Cast) -> None:
    names = {broker_id: actor.name for broker_id, actor in zip(cast.broker_ids, cast.brokers, strict=True)}
    for allotment in part["allotments"]:
        name = names.get(allotment["broker_id"], allotment["broker_id"])
        console.print(f"    of it to broker {name}: {allotment['amount']} CNY ({part['reference']})")
