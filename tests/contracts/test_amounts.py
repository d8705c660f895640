"""Which amounts of a contract hold, and the technical part of a payment."""

from decimal import Decimal
from fractions import Fraction

from app.contracts.amounts import Amounts, holding, technical_part

STATED = Amounts(Decimal("1200.00"), Decimal("1200.00"))


def test_what_the_registrar_recognised_holds_as_a_pair() -> None:
    """After an amendment the contract's total may differ from the registered one: a ratio never mixes the two."""
    registered = holding(STATED, Decimal("1000.00"), Decimal("900.00"))
    assert registered == Amounts(Decimal("1000.00"), Decimal("900.00"))
    assert technical_part(registered, Decimal("500.00"), None) == Fraction(450)


def test_before_the_registration_the_contract_holds() -> None:
    assert holding(STATED, None, None) is STATED


def test_a_stated_part_is_taken_as_stated_and_an_unstated_one_exactly() -> None:
    thirds = Amounts(Decimal("3.00"), Decimal("1.00"))
    assert technical_part(thirds, Decimal("1.00"), Decimal("0.20")) == Fraction(1, 5)
    assert technical_part(thirds, Decimal("1.00"), None) == Fraction(1, 3)
