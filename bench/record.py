"""Runs the benchmarks named on the command line and writes their figures, with machine and date, to RESULTS.md.

    python bench/record.py bench/bench_start.py bench/bench_listings.py

Every figure is a ratio against a limit measured in the same run, so that it means the same on another machine. Exits
with 1 when a goal is not reached.
"""

import os
import platform
import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")
LINE = re.compile(
    r"^(?P<name>\w+) ours=(?P<ours>\S+) limit=(?P<limit>\S+) ratio=(?P<ratio>\S+) goal=(?P<sense>[<>]=)(?P<goal>\S+)$"
)
HEAD = """# Benchmark results

One line a figure: ours, the limit measured in the same run, their ratio, and the goal for the ratio, with the day.
`make bench` and `make bench-auction` run the benchmarks and write the figures of those that ran into this file.
"""
COLUMNS = "| figure | ours | limit | ratio | goal | reached | script | day |\n|---|---|---|---|---|---|---|---|"
SCRIPT, WIDTH = 6, 8


def machine() -> str:
    """What it ran on: processor, cores, memory, Python."""
    cpu = next((line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if "model name" in line), "unknown")
    kib = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    return (
        f"{cpu}, {os.cpu_count()} cores, {kib / 2**20:.0f} GiB, {platform.system()}, Python {platform.python_version()}"
    )


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def run(script: str) -> list[dict[str, str]]:
    """Run one benchmark, passing on what it prints; answers its figures."""
    figures = []
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            match = LINE.match(line.strip())
            if match:
                figures.append(match.groupdict() | {"script": Path(script).name})
    if process.returncode:
        raise SystemExit(f"{script} failed")
    return figures


def reached(figure: dict[str, str]) -> bool:
    ratio, goal = float(figure["ratio"]), float(figure["goal"])
    return ratio >= goal if figure["sense"] == ">=" else ratio <= goal


def kept(table: Path, script: str) -> list[str]:
    """The rows that come from other scripts; one from a table without the last columns has them empty."""
    rows = [line for line in _lines(str(table)) if line.startswith("| ") and not line.startswith("| figure")]
    cells = [[cell.strip() for cell in row.strip("| ").split("|")] for row in rows]
    others = [row for row in cells if row[SCRIPT] != f"`{Path(script).name}`"]
    return [_row([*row, *[""] * (WIDTH - len(row))]) for row in others]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def write(table: Path, script: str, figures: Sequence[dict[str, str]]) -> None:
    """Put a script's figures in place of those it had in the table."""
    today = str(datetime.now(UTC).date())
    rows = [
        _row([
            f["name"], f["ours"], f["limit"], f["ratio"], f"{f['sense']} {f['goal']}",
            "yes" if reached(f) else "**no**", f"`{f['script']}`", today,
        ])
        for f in figures
    ]  # fmt: skip
    text = "\n".join([COLUMNS, *sorted([*kept(table, script), *rows])])
    table.write_text(f"{HEAD}\n{machine()}\n\n{text}\n", encoding="utf-8")


def main(scripts: Sequence[str], table: Path = RESULTS) -> int:
    """Run the scripts and say whether every goal was reached. The table is written after each: a later failure loses
    no earlier figure.
    """
    every = True
    for script in scripts:
        figures = run(script)
        write(table, script, figures)
        every = every and all(map(reached, figures))
    return 0 if every else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
