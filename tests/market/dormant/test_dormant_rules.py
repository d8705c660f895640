"""Which results are dormant: the day before, the day, and everything that takes a result out."""

from dataclasses import replace
from datetime import date

import pytest

from app.core.problems import Problem
from app.market.dormant import rules
from app.market.dormant.kinds import DormancyReason, DormantListStatus, DormantStatus, NotDormant
from app.market.dormant.rules import DormancyFacts

DORMANT = DormancyFacts(
    publicly_funded=True, secret=False, registered_on=date(2023, 3, 1), conversion_begun_on=None, agreed=False
)


@pytest.mark.parametrize(
    ("facts", "as_of", "why"),
    [
        (DORMANT, date(2026, 3, 2), None),
        (DORMANT, date(2026, 3, 1), NotDormant.IN_TIME),
        (replace(DORMANT, registered_on=date(2020, 2, 29)), date(2023, 3, 1), None),
        (replace(DORMANT, registered_on=date(2020, 2, 29)), date(2023, 2, 28), NotDormant.IN_TIME),
        (replace(DORMANT, publicly_funded=False), date(2026, 3, 2), NotDormant.NOT_PUBLICLY_FUNDED),
        (replace(DORMANT, secret=True), date(2026, 3, 2), NotDormant.SECRET),
        (replace(DORMANT, conversion_begun_on=date(2026, 3, 1)), date(2026, 3, 2), NotDormant.CONVERSION_BEGUN),
        (replace(DORMANT, agreed=True), date(2026, 3, 2), NotDormant.AGREED),
    ],
)
def test_a_result_is_dormant_on_the_day_after_its_period(
    facts: DormancyFacts, as_of: date, why: NotDormant | None
) -> None:
    assert rules.why_not_dormant(facts, as_of, 3) is why


@pytest.mark.parametrize(
    ("status", "reason", "note", "passes"),
    [
        (DormantStatus.CONFIRMED, None, None, True),
        (DormantStatus.CONFIRMED, DormancyReason.NO_DEMAND, None, False),
        (DormantStatus.EXPLAINED, DormancyReason.NO_DEMAND, None, True),
        (DormantStatus.EXPLAINED, None, "示例", False),
        (DormantStatus.EXPLAINED, DormancyReason.OTHER, None, False),
        (DormantStatus.EXPLAINED, DormancyReason.OTHER, "示例", True),
    ],
)
def test_an_explanation_has_a_reason(
    status: DormantStatus, reason: DormancyReason | None, note: str | None, passes: bool
) -> None:
    if passes:
        return rules.check_explanation(status, reason, note)
    with pytest.raises(Problem):
        rules.check_explanation(status, reason, note)
    return None


def test_a_list_is_published_after_its_last_day_or_when_all_have_answered() -> None:
    last = date(2026, 4, 1)
    rules.check_publishable(DormantListStatus.CHECKING, last, date(2026, 4, 2), waiting=True)
    rules.check_publishable(DormantListStatus.CHECKING, last, date(2026, 3, 2), waiting=False)
    for status, until, waiting in (
        (DormantListStatus.CHECKING, last, True), (DormantListStatus.GATHERING, None, False),
        (DormantListStatus.PUBLISHED, last, False),
    ):  # fmt: skip
        with pytest.raises(Problem):
            rules.check_publishable(status, until, last, waiting=waiting)
