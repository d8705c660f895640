"""Pure decisions about certificates: verification codes, the days of a listing, the conclusion."""

import secrets
from datetime import date
from decimal import Decimal
from typing import Final

from app.contracts.certificates.kinds import PriceStanding
from app.core.canonical import sha256_hex
from app.pricing.negotiated.terms.shapes import Terms, Trial

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


def trial_runs(terms: Terms | None, today: date, *, paid: bool) -> bool:
    """Whether what was agreed is used free of charge today.

    Nobody records the event that ends a trial, so such a one runs until the price that follows it is `paid`.
    """
    trials = [part for part in terms.payment if isinstance(part, Trial)] if terms is not None else []
    return any(
        today <= part.free_until.on if part.free_until.on is not None else part.then is None or not paid
        for part in trials
    )


def standing_of(cash: Decimal, arrived: Decimal, *, on_trial: bool) -> PriceStanding:
    """Where the price stands; while a trial runs it has not arrived, whatever else was paid."""
    if on_trial:
        return PriceStanding.TRIAL_RUNNING
    if cash == 0 or arrived == 0:
        return PriceStanding.NOTHING_DUE
    return PriceStanding.PAID if arrived >= cash else PriceStanding.PART_PAID


def conclusion(cash: Decimal, arrived: Decimal, standing: PriceStanding) -> dict[str, str]:
    """What the certificate concludes, in both languages."""
    if standing is PriceStanding.TRIAL_RUNNING:
        return {
            "code": "trial_running",
            "zh": f"合同已签订，免费试用期内，交易价款尚未到期，已到账{arrived:,.2f}元，交易服务费已缴清。",
            "en": f"The contract is signed and a free trial runs: the price is not due, {arrived:.2f} has arrived. "
            "The fees are paid.",
        }
    if standing is PriceStanding.NOTHING_DUE:
        return {
            "code": "nothing_due",
            "zh": "合同已签订,无到期货币价款,交易服务费已缴清,本项目交易完成。",
            "en": "The contract is signed, no price in money is due, the fees are paid: the transaction is concluded.",
        }
    if standing is PriceStanding.PAID:
        return {
            "code": "paid_in_full",
            "zh": "合同已签订,交易价款已全部到账,交易服务费已缴清,本项目交易完成。",
            "en": "The contract is signed, the whole price has arrived, the fees are paid: the transaction is done.",
        }
    return {
        "code": "first_part_paid",
        "zh": f"合同已签订，交易价款已到账{arrived:,.2f}元，其余{cash - arrived:,.2f}元按约定支付，"
        "交易服务费已缴清，交易完成。",
        "en": f"The contract is signed, {arrived:.2f} of the price has arrived and {cash - arrived:.2f} follows as "
        "agreed, the fees are paid.",
    }
