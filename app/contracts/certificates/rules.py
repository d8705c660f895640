"""Pure decisions about certificates: verification codes, the days of a listing, the conclusion."""

import secrets
from datetime import date
from decimal import Decimal
from typing import Final

from app.core.canonical import sha256_hex

ALPHABET: Final = "34679ACDEFGHJKLMNPQRTUVWXY"
"""Without 0 and O, 1 and I, 2 and Z, 5 and S, 8 and B: nobody reads one for the other on paper."""
GROUPS: Final = 6
GROUP: Final = 4


def new_code() -> str:
    """A verification code that nobody guesses: 24 characters of 26, 112 bits, in groups of four."""
    characters = [secrets.choice(ALPHABET) for _ in range(GROUPS * GROUP)]
    return "-".join("".join(characters[start : start + GROUP]) for start in range(0, GROUPS * GROUP, GROUP))


def fingerprint(code: str) -> str:
    """The SHA-256 by which a code is found, however it was typed: with or without hyphens and spaces, in any case."""
    return sha256_hex("".join(code.split()).replace("-", "").upper())


def listed_until(closes_on: date, agreed_on: date) -> date:
    """The last day of the listing: that of the agreement, where it came before the end that was announced."""
    return min(closes_on, agreed_on)


def conclusion(cash: Decimal, arrived: Decimal) -> dict[str, str]:
    """What the certificate concludes, in both languages."""
    if cash == 0:
        return {
            "code": "nothing_due",
            "zh": "合同已签订,无到期货币价款,交易服务费已缴清,本项目交易完成。",
            "en": "The contract is signed, no price in money is due, the fees are paid: the transaction is concluded.",
        }
    if arrived >= cash:
        return {
            "code": "paid_in_full",
            "zh": "合同已签订,交易价款已全部到账,交易服务费已缴清,本项目交易完成。",
            "en": "The contract is signed, the whole price has arrived, the fees are paid: the transaction is done.",
        }
    return {
        "code": "first_part_paid",
        "zh": "合同已签订,到期交易价款已到账,其余价款按合同约定支付,交易服务费已缴清,本项目交易完成。",
        "en": "The contract is signed, the price due has arrived and the rest follows as agreed, the fees are paid: "
        "the transaction is concluded.",
    }
