"""Trials of remedies: what is refused, and the figure that the refusal says would pass."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.core.problems import REGISTRY, Problem

NAMED = re.compile(r"(?<!\{)\{(\w+)\}(?!\})")
NO_FIGURES = {
    "allowed", "closers", "extensions", "finding", "form", "id", "listing_id", "name", "negotiation_id", "number",
    "possible", "reason", "resources", "right", "scope", "side", "sources", "status", "unit", "later_name",
    "wanted", "wrong", "kind", "variable", "mode",
}  # fmt: skip
"""What a remedy names besides figures: fields, states, numbers of records, words."""
TOLD = {
    ("direction_wrong", "expected"): "the direction that would pass, `in` or `out`",
    ("unsupported_media_type", "expected"): "a media type",
    ("malformed_header", "expected"): "the form of a header",
    ("auction_ladder_steps_fall", "from_price"): "where in the ladder the step is",
    ("mode_not_asked_for", "modes"): "the words of the modes that would pass",
    ("dormant_list_exists", "year"): "the year whose list can be read",
    ("industry_chain_unchanged", "version"): "the version that the document must differ from",
    ("notice_mandatory", "days"): "how long the notice takes; what passes is `public_notice`",
}
"""Not figures that pass, though they are called like some."""


def figures() -> set[tuple[str, str]]:
    """Every figure that some remedy names: the code of the refusal, and the figure's name in the text."""
    named = {
        (code, name)
        for code, kind in REGISTRY.items()
        for name in (NAMED.findall(kind.remedy.en) if kind.remedy else ())
        if name not in NO_FIGURES
    }
    return named - set(TOLD)


@dataclass(frozen=True)
class Trial:
    """An attempt that is refused with `wrong`, and must pass with the figure that the refusal's remedy names.

    `attempt` raises the refusal or answers it. `beside` makes of a bound that itself does not pass ("above 100") what
    does.
    """

    code: str
    name: str
    wrong: Any
    attempt: Callable[[Any], Problem | object]
    beside: Callable[[Any], Any] = lambda figure: figure

    def run(self) -> None:
        """Fails where the attempt is not refused so, or does not pass with what the remedy names."""
        refused = _refusal(self.attempt, self.wrong)
        assert refused is not None, f"{self.wrong} is not refused"
        assert refused.kind.code == self.code
        figure = _like(self.wrong, refused.params[self.name])
        again = _refusal(self.attempt, self.beside(figure))
        assert again is None, f"{self.name} {figure} does not pass: {again and again.as_json('en')}"


def _refusal(attempt: Callable[[Any], Problem | object], value: Any) -> Problem | None:
    try:
        answer = attempt(value)
    except Problem as problem:
        return problem
    return answer if isinstance(answer, Problem) else None


def _like(wrong: Any, figure: Any) -> Any:
    """The figure as the attempt takes it: refusals name some as text."""
    if isinstance(wrong, datetime):
        return datetime.fromisoformat(figure) if isinstance(figure, str) else figure
    if isinstance(wrong, date):
        return date.fromisoformat(str(figure))
    return type(wrong)(figure) if isinstance(wrong, Decimal | int | str) else figure


def figure_in(problem: Mapping[str, Any], name: str) -> str:
    """A figure out of the remedy of an answered problem, by the text it was made from."""
    remedy = REGISTRY[problem["code"]].remedy
    assert remedy is not None
    pattern = "".join(
        f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(NAMED.split(remedy.en))
    )
    found = re.fullmatch(pattern, problem["remedy"])
    assert found is not None, problem["remedy"]
    return found[name]
