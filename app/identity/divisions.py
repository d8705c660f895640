"""Administrative divisions (行政区划): the codes of GB/T 2260 with the years in which each was in force.

The table is that of `python-stdnum`, which keeps abolished codes too: residence in a county that was merged later is
residence all the same.
"""

import re
from datetime import date

from stdnum import numdb

from app.core.problems import Text
from app.identity.problems import DIVISION_UNKNOWN

_ENTRY = re.compile(r"(?:\[[0-9]*-(?P<last>[0-9]*)\])?.+")


def is_province(code: str) -> bool:
    """Whether the first two digits of a code name a province, or (10) the state itself."""
    found = numdb.get("cn/loc").info(f"{code[:2]}0000")
    return code.startswith("10") or "province" in found[0][1]


def check_division(code: str, since: date, field: str) -> None:
    """Raises `division_unknown` for a code that no division has had on or after a day.

    A code that is younger than the day stands: the place is named by the code that it has now.
    """
    found = numdb.get("cn/loc").info(code)
    entries = found[-1][1].get("county", "").split(",") if len(found) == 2 else [""]
    years = [entry["last"] for entry in map(_ENTRY.fullmatch, entries) if entry]
    if not years:
        raise DIVISION_UNKNOWN(field=field, code=code, reason=Text("names no division", "不是行政区划代码"))
    if all(last and int(last) < since.year for last in years):
        last = max(filter(None, years))
        raise DIVISION_UNKNOWN(field=field, code=code, reason=Text(f"ended in {last}", f"已于{last}年撤销"))
