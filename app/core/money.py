"""Money (金额): CNY to the fen, exact until it is rounded, rounded once.

Arithmetic runs on `fractions.Fraction`, so that neither a rate nor a ratio with an endless decimal expansion loses a
digit on the way. Only `round_fen`, `ceil_fen` and `allot` end in a `Decimal` of whole fens, ready for `NUMERIC(18,2)`.
"""

from collections.abc import Hashable, Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any, Protocol, TypeVar

FEN = Decimal("0.01")

Exact = Decimal | Fraction


class Ordered(Hashable, Protocol):
    """A key that can be compared and sorted."""

    def __lt__(self, other: Any, /) -> bool: ...


K = TypeVar("K", bound=Ordered)


def exact(value: Exact) -> Fraction:
    """The same number as a fraction; NaN and infinity raise `ValueError`, a float `TypeError`."""
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"not a finite number: {value}")
        return Fraction(value)
    if isinstance(value, Fraction):
        return value
    raise TypeError(f"money is Decimal or Fraction, never {type(value).__name__}")


def _from_fens(fens: int) -> Decimal:
    # The constructor never rounds, unlike arithmetic under the ambient context of 28 digits.
    return Decimal(f"{fens}E-2")


def round_places(value: Exact, places: int) -> Decimal:
    """Round to a number of decimal places, half up; for showing exact figures, not for paying them."""
    number = exact(value)
    # Integers alone: a whole year's run rounds some hundred thousand figures, and fractions would reduce each step.
    units = (2 * abs(number.numerator) * 10**places + number.denominator) // (2 * number.denominator)
    return Decimal(f"{units if number >= 0 else -units}E-{places}")


def round_fen(value: Exact) -> Decimal:
    """Round to the fen, half up (四舍五入): 0.005 gives 0.01, -0.005 gives -0.01."""
    return round_places(value, 2)


def ceil_fen(value: Exact) -> Decimal:
    """The least whole number of fens that is not below the value, for floors such as "not less than 30 %"."""
    return _from_fens(ceil(exact(value) * 100))


def is_whole_fen(value: Decimal) -> bool:
    """True for a finite amount without parts of a fen; `1.230` is whole, `1.234` and NaN are not."""
    return value.is_finite() and (Fraction(value) * 100).denominator == 1


def proportion(amount: Exact, numerator: Exact, denominator: Exact) -> Fraction:
    """`amount * numerator / denominator`, exact and unrounded; a zero denominator raises `ValueError`."""
    divisor = exact(denominator)
    if divisor == 0:
        raise ValueError("a proportion needs a denominator other than zero")
    return exact(amount) * exact(numerator) / divisor


def allot(total: Decimal, weights: Sequence[tuple[K, Exact]]) -> dict[K, Decimal]:
    """Split a total by weights into whole fens that add up to it exactly (largest remainder, 最大余额法).

    Each part is its exact proportion rounded down; the fens left over go one each to the largest remainders. Of equal
    remainders the smaller key gets the fen first, so that the order of the input decides nothing (with UUIDv7 keys: the
    earlier record). The result keeps the order of the input.

    Raises `ValueError` for a negative total or one with parts of a fen, a repeated key, a negative weight, or weights
    that are all zero while there is something to split.
    """
    if not is_whole_fen(total) or total < 0:
        raise ValueError(f"only whole fens, zero or more, can be allotted: {total}")
    parts = {key: exact(weight) for key, weight in weights}
    if len(parts) != len(weights):
        raise ValueError("a key appears twice among the weights")
    if any(weight < 0 for weight in parts.values()):
        raise ValueError("a weight is negative")
    whole = sum(parts.values(), Fraction(0))
    if whole == 0:
        if total != 0:
            raise ValueError(f"nothing says how to split {total}: every weight is zero")
        return {key: _from_fens(0) for key in parts}
    fens = int(Fraction(total) * 100)
    ideal = {key: fens * weight / whole for key, weight in parts.items()}
    given = {key: floor(share) for key, share in ideal.items()}
    neediest = sorted(parts, key=lambda key: (given[key] - ideal[key], key))
    for key in neediest[: fens - sum(given.values())]:
        given[key] += 1
    return {key: _from_fens(count) for key, count in given.items()}
