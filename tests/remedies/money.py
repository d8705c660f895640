"""Remedies of contracts, payments and the ledger, tried on the rules themselves. Amounts are CNY."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from app.contracts import rules as contracts
from app.contracts.amounts import Amounts, Paid, Terms, balance
from app.contracts.drafting import rules as drafting
from app.contracts.drafting.kinds import Standing
from app.contracts.kinds import ContractType, PaymentTerms
from app.contracts.payments import rules as payments
from app.contracts.registration import rules as registration
from app.market.deals.kinds import PartyRole
from app.office.ledger import rules as ledger
from app.office.ledger.bank import rules as bank
from app.office.ledger.deposits import rules as deposits
from app.office.ledger.instructions import rules as instructions
from app.office.ledger.kinds import DepositStatus, Direction, InstructionStatus
from tests.remedies.trials import Trial

DAY = timedelta(days=1)
TODAY, NOW = date(2026, 3, 2), datetime(2026, 3, 2, 9, tzinfo=UTC)
WUHAN = ZoneInfo("Asia/Shanghai")
ONE, TWO = UUID(int=1), UUID(int=2)


def cny(text: str) -> Decimal:
    return Decimal(text)


# Contracts


def shares(first: Decimal) -> None:
    contracts.check_shares("sellers", [contracts.Part(ONE, first), contracts.Part(TWO, cny("0.5"))])


def side(share: Decimal) -> None:
    parts = [contracts.Part(ONE, share), contracts.Part(TWO, 1 - share)]
    contracts.check_side("sellers", PartyRole.SELLER, parts, {ONE: cny("0.3"), TWO: cny("0.7")})


def stating(total: Decimal, rule: Standing) -> None:
    """A contract of a licence at 9.00, without a supplement."""
    kind, way, buyers = ContractType.LICENCE, PaymentTerms.LUMP_SUM, {UUID(int=1): Decimal(1)}
    agreed = drafting.Agreed(kind, way, cny("9.00"), True, None, None, {}, buyers)
    stated = drafting.Stated(kind, way, total, date(2026, 3, 1), None, {}, buyers)
    drafting.check_departures(drafting.departures(agreed, stated, rule), None, rule)


def recognise(total: str = "90.00", technical: str = "60.00", reason: str | None = None) -> None:
    """The registrar of a contract over 90.00, 60.00 of it technical."""
    registration.check_recognised(cny("90.00"), cny("60.00"), cny(total), cny(technical), reason)


CONTRACTS = (
    Trial(
        "contract_date_in_future", "now", TODAY + DAY, lambda day: contracts.check_past("signed_on", day, TODAY),
    ),
    Trial(
        "contract_date_in_future", "now", NOW + DAY,
        lambda at: payments.check_received(at, NOW, TODAY - DAY, WUHAN),
    ),
    Trial("contract_shares_not_one", "difference", cny("0.4"), shares,
          beside=lambda missing: cny("0.4") + missing),
    Trial("share_not_of_deal", "expected", cny("0.4"), side),
    Trial("technical_above_total", "total", cny("9.01"), lambda part: contracts.check_amounts(cny("9.00"), part, [])),
    Trial(
        "technical_amount_mismatch", "expected", cny("9.00"),
        lambda part: contracts.check_amounts(cny("9.00"), part, [cny("1.00")]),
    ),
    Trial(
        "deductions_above_total", "total", cny("9.01"),
        lambda deducted: contracts.check_amounts(cny("9.00"), cny("0.00"), [deducted]),
    ),
    Trial(
        "total_above_price", "most", cny("9.00"), lambda total: contracts.check_price(cny("9.00"), cny("2.00"), total),
    ),
    Trial("contract_departs", "agreed", cny("8.99"), lambda total: stating(total, Standing.REFUSED)),
    Trial("departure_without_supplement", "agreed", cny("8.99"), lambda total: stating(total, Standing.SUPPLEMENT)),
    Trial("total_not_confirmed", "expected", "80.00", lambda total: recognise(total=total)),
    Trial("technical_above_contract", "expected", "61.00", lambda technical: recognise(technical=technical)),
    Trial("registration_reason_needed", "expected", "59.00", lambda technical: recognise(technical=technical)),
)  # fmt: skip


# Payments


def owed(total: str, technical: str) -> Terms:
    return Terms(cny(total), Amounts(cny(total), cny(technical)), provisional=False)


BEFORE = balance(owed("90.00", "60.00"), [Paid(cny("40.00"), cny("30.00"))])
RATIO = balance(owed("3.00", "1.00"), [Paid(cny("1.00"), None)])


def amend(total: str, technical: str) -> None:
    paid = balance(owed(total, technical), [Paid(cny("40.00"), cny("30.00"))])
    contracts.check_amendment(paid, {"buyers": set(), "sellers": set()}, {"buyers": set(), "sellers": set()})


PAYMENTS = (
    Trial(
        "payment_above_due", "due", cny("50.01"),
        lambda amount: payments.check_payment(BEFORE, Paid(amount, None)),
    ),
    Trial(
        "technical_above_payment", "amount", cny("10.01"),
        lambda part: payments.check_payment(BEFORE, Paid(cny("10.00"), part)),
    ),
    Trial(
        "technical_above_left", "left", cny("30.01"),
        lambda part: payments.check_payment(BEFORE, Paid(cny("50.00"), part)),
    ),
    Trial(  # what is left is two thirds of a yuan, which no fen says exactly
        "technical_above_left", "left", cny("0.67"),
        lambda part: payments.check_payment(RATIO, Paid(cny("2.00"), part)),
    ),
    Trial(
        "technical_below_left", "least", cny("19.99"),
        lambda part: payments.check_payment(BEFORE, Paid(cny("40.00"), part)),
    ),
    Trial("below_paid", "paid", "39.99", lambda total: amend(total, "30.00")),
    Trial("below_paid", "paid", "29.99", lambda technical: amend("90.00", technical)),
    Trial(
        "invoice_above_payment", "left", cny("40.01"),
        lambda amount: payments.check_invoice(cny("100.00"), [cny("60.00")], amount, "amount"),
    ),
)  # fmt: skip


# The ledger


def pay_deposit(amount: Decimal) -> None:
    deposits.check_deposit_payment("示例 1", DepositStatus.REQUESTED, cny("500.00"), Direction.IN, amount)


def settle(amount: Decimal) -> None:
    instructions.check_instruction(
        "示例 1", InstructionStatus.OPEN, Direction.OUT, cny("500.00"), (Direction.OUT, amount)
    )


OWNER = ledger.Owner(("listing", ONE), TWO)

LEDGER = (
    Trial("deposit_amount_wrong", "required", cny("499.99"), pay_deposit),
    Trial("instruction_amount_wrong", "required", cny("500.01"), settle),
    Trial("bank_time_too_old", "earliest", NOW - 400 * DAY, lambda at: bank.check_bank_time(at, NOW)),
    Trial("bank_time_in_future", "now", NOW + DAY, lambda at: bank.check_bank_time(at, NOW)),
    Trial(
        "more_than_held", "held", cny("500.01"),
        lambda fee: ledger.deposit_applied(OWNER, cny("500.00"), ("deal", ONE), fee),
    ),
)  # fmt: skip

TRIALS = (*CONTRACTS, *PAYMENTS, *LEDGER)
