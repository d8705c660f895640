"""The table of benchmark results: what is written into it, and what stays of it."""

from pathlib import Path

import pytest

from bench import record

OLD = """# Benchmark results

| figure | ours | limit | ratio | goal | reached | script |
|---|---|---|---|---|---|---|
| old | 1 | 2 | 0.50 | >= 0.5 | yes | `bench_old.py` |
| again | 1 | 9 | 0.11 | >= 0.5 | **no** | `bench_one.py` |
"""


def _script(folder: Path, name: str, text: str) -> str:
    script = folder / name
    script.write_text(text, encoding="utf-8")
    return str(script)


def _rows(table: Path) -> list[list[str]]:
    lines = [line for line in table.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line[1:-1].split("|")] for line in lines]


def test_rows_of_an_older_table_stay_and_get_the_columns_they_lack(tmp_path: Path) -> None:
    table = tmp_path / "RESULTS.md"
    table.write_text(OLD, encoding="utf-8")
    one = _script(tmp_path, "bench_one.py", "print('again ours=8 limit=9 ratio=0.89 goal=>=0.5')")
    assert record.main([one], table) == 0
    head, _, *rows = _rows(table)
    assert {len(row) for row in rows} == {len(head)}
    assert rows[0][:6] == ["again", "8", "9", "0.89", ">= 0.5", "yes"]
    assert rows[0][head.index("day")]
    assert rows[1] == ["old", "1", "2", "0.50", ">= 0.5", "yes", "`bench_old.py`", ""]


def test_a_script_that_fails_loses_no_earlier_figure(tmp_path: Path) -> None:
    table = tmp_path / "RESULTS.md"
    one = _script(tmp_path, "bench_one.py", "print('slow ours=4 limit=9 ratio=0.44 goal=>=0.5')")
    two = _script(tmp_path, "bench_two.py", "raise SystemExit(3)")
    with pytest.raises(SystemExit, match="bench_two"):
        record.main([one, two], table)
    assert [(row[0], row[5]) for row in _rows(table)[2:]] == [("slow", "**no**")]
    assert record.main([one], table) == 1
