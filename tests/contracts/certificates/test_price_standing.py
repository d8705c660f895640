"""Where the price stands when a certificate is issued, and what its conclusion may say."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.contracts.certificates.kinds import PriceStanding
from app.contracts.certificates.rules import conclusion, standing_of, trial_runs
from app.pricing.negotiated.terms.shapes import Terms

TODAY = date(2026, 3, 1)


def trial(**said: Any) -> Terms:
    payment = [{"kind": "trial"} | said]
    return Terms.model_validate({"payment": payment, "territory": {"countries": ["CN"]}})


PRICED: dict[str, Any] = {"then": [{"kind": "lump_sum", "amount": "80000.00"}]}


@pytest.mark.parametrize(
    ("terms", "paid", "runs"),
    [
        (None, False, False),
        (trial(free_until={"on": "2026-03-01"}, **PRICED), False, True),
        (trial(free_until={"on": "2026-02-28"}, **PRICED), False, False),
        (trial(free_until={"event": "试用期满"}, **PRICED), False, True),
        (trial(free_until={"event": "试用期满"}, **PRICED), True, False),
        (trial(free_until={"event": "试用期满"}), True, True),
    ],
)
def test_a_trial_runs_to_its_day_or_until_the_price_is_paid(terms: Terms | None, paid: bool, runs: bool) -> None:
    assert trial_runs(terms, TODAY, paid=paid) is runs


@pytest.mark.parametrize(
    ("cash", "arrived", "on_trial", "standing"),
    [
        ("80000.00", "0.00", True, "trial_running"),
        ("80000.00", "30000.00", True, "trial_running"),
        ("80000.00", "0.00", False, "nothing_due"),
        ("0.00", "0.00", False, "nothing_due"),
        ("80000.00", "79999.99", False, "part_paid"),
        ("80000.00", "80000.00", False, "paid"),
    ],
)
def test_where_the_price_stands(cash: str, arrived: str, on_trial: bool, standing: str) -> None:
    assert standing_of(Decimal(cash), Decimal(arrived), on_trial=on_trial) == standing


@pytest.mark.parametrize("standing", [PriceStanding.TRIAL_RUNNING, PriceStanding.NOTHING_DUE])
def test_where_nothing_arrived_no_conclusion_says_that_it_did(standing: PriceStanding) -> None:
    said = conclusion(Decimal("80000.00"), Decimal("0.00"), standing)
    assert "price due has arrived" not in said["en"]
    assert "到期交易价款已到账" not in said["zh"]


def test_a_part_is_told_with_both_amounts() -> None:
    said = conclusion(Decimal("80000.00"), Decimal("30000.00"), PriceStanding.PART_PAID)
    assert "30000.00" in said["en"]
    assert "50000.00" in said["en"]
    assert "50,000.00元" in said["zh"]
