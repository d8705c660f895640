"""Where a grant reaches: a territory that people wrote, as the places that the exchange can tell apart.

A place is a path: nothing is the world, `CN` a country, `CN, 42` a province. What it cannot read reaches everywhere,
so that two grants are held apart only where both say plainly where they hold.
"""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Final

from stdnum import numdb

Place = tuple[str, ...]
WORLD: Final[Place] = ()
HOME: Final[Place] = ("CN",)
_NAMES: Final[dict[str, Place]] = dict.fromkeys(("全球", "全世界", "世界", "世界范围", "worldwide", "world"), WORLD) | (
    dict.fromkeys(("中国", "中国境内", "中国大陆", "中国内地", "境内", "中华人民共和国", "china"), HOME)
)
_SEPARATORS: Final = re.compile(r"[、,;/]")
_KIND: Final = re.compile("(省|市|壮族自治区|回族自治区|维吾尔自治区|自治区)$")
_COUNTRY: Final = re.compile(r"[a-z]{2}")


@lru_cache(maxsize=4096)
def places(territory: str | None) -> frozenset[Place]:
    """The places that a territory names; the world where none is named, or one is not known."""
    if territory is None:
        return frozenset({WORLD})
    plain = unicodedata.normalize("NFKC", territory).lower()
    found = [_place("".join(part.split())) for part in _SEPARATORS.split(plain)]
    return frozenset({WORLD}) if None in found else frozenset(place for place in found if place is not None)


def overlap(one: str | None, other: str | None) -> bool:
    """Whether two territories have a place in common."""
    return any(a[: len(b)] == b or b[: len(a)] == a for a in places(one) for b in places(other))


def _place(name: str) -> Place | None:
    if name in _NAMES:
        return _NAMES[name]
    if _COUNTRY.fullmatch(name):
        return (name.upper(),)
    return _provinces().get(name)


@cache
def _provinces() -> dict[str, Place]:
    """The provinces of the mainland, with and without what they are called besides: 湖北省, 湖北."""
    found: dict[str, Place] = {}
    for code in range(11, 66):
        parts = numdb.get("cn/loc").info(f"{code}0000")
        name = parts[0][1].get("province")
        if name is not None:
            found[name] = found[re.sub("(省|市|壮族自治区|回族自治区|维吾尔自治区|自治区)$", "", name)] = (
                "CN",
                str(code),
            )
    return found
