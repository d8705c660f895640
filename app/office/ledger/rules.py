"""The ledger as two tables that an accountant can read, accounts and movements, and the pure decisions about them.

Amounts are CNY to the fen. In an entry debit (借) is positive and credit (贷) negative; a balance is shown on the side
on which its account grows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from app.core.money import is_whole_fen
from app.office.ledger import problems
from app.office.ledger.kinds import AccountCode, Holder, LedgerSide, MovementKind, Undo

Subject = tuple[str, UUID]
"""What a movement is about, as events name it: ("listing", id), ("deal", id)."""
ZERO: Final = Decimal(0)
A, M = AccountCode, MovementKind
DEBIT, CREDIT = LedgerSide.DEBIT, LedgerSide.CREDIT


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account code: the side on which it grows, whose it is, what stands there in Chinese and English.

    Every account but the bank's is kept from going below zero. The bank needs no floor: it equals what the other
    accounts hold. All payments share it, so that a floor would add up its whole history at each.
    """

    side: LedgerSide
    holder: Holder
    zh: str
    holds: str
    non_negative: bool = True


CHART: Final[Mapping[AccountCode, AccountRow]] = {
    A.BANK: AccountRow(DEBIT, Holder.EXCHANGE, "银行存款", "what is in the bank account", non_negative=False),
    A.DEPOSIT_RECEIVED: AccountRow(CREDIT, Holder.OWNER, "已到账保证金", "deposits that came late, not accepted yet"),
    A.DEPOSIT_HELD: AccountRow(CREDIT, Holder.OWNER, "已确认保证金", "deposits held"),
    A.DEPOSIT_REPAYABLE: AccountRow(CREDIT, Holder.OWNER, "应退保证金", "deposits that must go back"),
    A.PRICE_SETTLEMENT: AccountRow(CREDIT, Holder.SUBJECT, "价款结算", "what has gathered of a deal's price"),
    A.SELLER_PAYABLE: AccountRow(CREDIT, Holder.OWNER, "应付价款", "price owed to a seller, or back to a buyer"),
    A.FEE_RECEIVABLE: AccountRow(DEBIT, Holder.OWNER, "应收服务费", "fees charged and not paid"),
    A.FEE_INCOME: AccountRow(CREDIT, Holder.OWNER, "服务费收入", "fees charged"),
    A.FORFEITURES: AccountRow(CREDIT, Holder.OWNER, "不予退还保证金", "forfeited deposits"),
    A.SUSPENSE_IN: AccountRow(CREDIT, Holder.SUBJECT, "待查收款", "money that arrived and matches nothing"),
    A.SUSPENSE_OUT: AccountRow(DEBIT, Holder.SUBJECT, "待查付款", "money that left and matches nothing"),
    A.SUSPENSE_REPAYABLE: AccountRow(CREDIT, Holder.SUBJECT, "应退待查款", "such money on its way back"),
}


@dataclass(frozen=True, slots=True)
class MovementRow:
    """A kind of movement: its Chinese name, the accounts of both sides, when it is made, and what may undo it.

    A side names the account that is moved, and after it those that may stand in its place, as when money comes out of
    suspense instead of through the bank. Without `undone_by` the movement is final.
    """

    kind: MovementKind
    zh: str
    debit: tuple[AccountCode, ...]
    credit: tuple[AccountCode, ...]
    when: str
    undone_by: Undo | None = None


# fmt: off
_ROWS: Final = (
    MovementRow(M.DEPOSIT_RECEIVED, "收到保证金", (A.BANK, A.SUSPENSE_IN), (A.DEPOSIT_RECEIVED,),
                "the bank confirms a deposit's exact amount", Undo.BANK),
    MovementRow(M.DEPOSIT_HELD, "确认保证金", (A.DEPOSIT_RECEIVED,), (A.DEPOSIT_HELD,),
                "at once if the money was in time, else by `hold`", Undo.BANK),
    MovementRow(M.DEPOSIT_RELEASE_DUE, "保证金应退", (A.DEPOSIT_HELD, A.DEPOSIT_RECEIVED), (A.DEPOSIT_REPAYABLE,),
                "the winner is fixed, or the deposit is given back"),
    MovementRow(M.DEPOSIT_RELEASED, "退还保证金", (A.DEPOSIT_REPAYABLE,), (A.BANK, A.SUSPENSE_OUT),
                "the bank confirms the repayment", Undo.BANK),
    MovementRow(M.DEPOSIT_APPLIED_TO_PRICE, "保证金抵作价款", (A.DEPOSIT_HELD,), (A.PRICE_SETTLEMENT,),
                "the winner's deposit becomes part of the price"),
    MovementRow(M.DEPOSIT_FORFEITED, "保证金不予退还", (A.DEPOSIT_HELD,), (A.FORFEITURES,),
                "the winner walks away"),
    MovementRow(M.FEE_CHARGED, "计收服务费", (A.FEE_RECEIVABLE,), (A.FEE_INCOME,),
                "a fee falls due", Undo.CANCELLATION),
    MovementRow(M.FEE_PAID, "收到服务费", (A.BANK, A.SUSPENSE_IN, A.DEPOSIT_HELD), (A.FEE_RECEIVABLE,),
                "the fee is paid, or taken out of the deposit", Undo.BANK),
    MovementRow(M.PRICE_RECEIVED, "收到价款", (A.BANK, A.SUSPENSE_IN), (A.PRICE_SETTLEMENT,),
                "the bank confirms a part of the price", Undo.BANK),
    MovementRow(M.PRICE_PAYABLE, "价款应付", (A.PRICE_SETTLEMENT,), (A.SELLER_PAYABLE,),
                "a payout to a seller is ordered, or a return to a buyer"),
    MovementRow(M.PRICE_PAID_OUT, "划付价款", (A.SELLER_PAYABLE,), (A.BANK, A.SUSPENSE_OUT),
                "the bank confirms the payout", Undo.BANK),
    MovementRow(M.UNMATCHED_IN, "收到待查款项", (A.BANK,), (A.SUSPENSE_IN,),
                "money arrives that matches nothing", Undo.BANK),
    MovementRow(M.UNMATCHED_OUT, "付出待查款项", (A.SUSPENSE_OUT,), (A.BANK,),
                "money leaves that matches nothing", Undo.BANK),
    MovementRow(M.UNMATCHED_REPAYABLE, "待查款项应退", (A.SUSPENSE_IN,), (A.SUSPENSE_REPAYABLE,),
                "the operator decides to send it back"),
    MovementRow(M.UNMATCHED_REPAID, "退还待查款项", (A.SUSPENSE_REPAYABLE,), (A.BANK, A.SUSPENSE_OUT),
                "the bank confirms that", Undo.BANK),
)
# fmt: on
MOVEMENTS: Final[Mapping[MovementKind, MovementRow]] = {row.kind: row for row in _ROWS}
"""Every movement but the correction, which is the mirror of one that was wrong."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which account: its code, whose it is, and for what."""

    code: AccountCode
    organisation_id: UUID | None = None
    subject: Subject | None = None

    def sort_key(self) -> tuple[str, str, str]:
        """The order in which accounts are locked, the same for everybody."""
        return self.code, str(self.organisation_id), str(self.subject and self.subject[1])


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose money for what: the subject it stands for, and an organisation where one owns it."""

    subject: Subject
    organisation_id: UUID | None = None

    def place(self, code: AccountCode) -> Place:
        """The owner's account of a code; `ValueError` where that needs an organisation and there is none."""
        holder = CHART[code].holder
        if holder == Holder.EXCHANGE:
            return Place(code)
        if holder == Holder.SUBJECT:
            return Place(code, None, self.subject)
        if self.organisation_id is None:
            raise ValueError(f"{code} belongs to an organisation, and none is named")
        return Place(code, self.organisation_id, self.subject)


def price_account(deal_id: UUID) -> Place:
    """Where the price of a deal gathers (价款结算)."""
    return Owner(("deal", deal_id)).place(A.PRICE_SETTLEMENT)


def unmatched(confirmation_id: UUID) -> Owner:
    """Money of a bank's confirmation that matches nothing (待查款项): it has an account of its own."""
    return Owner(("bank_confirmation", confirmation_id))


@dataclass(frozen=True, slots=True)
class Line:
    """One entry to be made: CNY, debit positive, credit negative."""

    place: Place
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Movement:
    """A balanced set of entries with its kind and subject; raises `ValueError` where it does not balance."""

    kind: MovementKind
    subject: Subject
    lines: tuple[Line, ...]

    def __post_init__(self) -> None:
        if len(self.lines) < 2 or sum(line.amount for line in self.lines) != 0:
            raise ValueError(f"{self.kind}: entries do not balance")
        if not all(is_whole_fen(line.amount) and line.amount != 0 for line in self.lines):
            raise ValueError(f"{self.kind}: an entry is zero or has parts of a fen")


def movement(kind: MovementKind, owner: Owner, amount: Decimal, through: Place | None = None) -> Movement:
    """An amount (CNY above zero) moved as the table says.

    `through` is the account that stands on the one side where its code may, in place of the owner's own. Raises
    `ValueError` for an amount that is none, and for an account that the table does not name.
    """
    if amount <= 0:
        raise ValueError(f"{kind}: {amount} is not an amount")
    row = MOVEMENTS[kind]
    sides = [
        through if through is not None and through.code in codes else owner.place(codes[0])
        for codes in (row.debit, row.credit)
    ]
    if through is not None and through not in sides:
        raise ValueError(f"{kind} does not move {through.code}")
    return Movement(kind, owner.subject, (Line(sides[0], amount), Line(sides[1], -amount)))


def deposit_applied(owner: Owner, amount: Decimal, deal: Subject, fee: Decimal) -> tuple[Movement, ...]:
    """The winner's deposit becomes part of the price, less the fee (CNY, zero for none).

    Raises `more_than_held` for a fee above the deposit. A fee that takes all of it leaves nothing for the price.
    """
    if fee > amount:
        raise problems.MORE_THAN_HELD(field="fee", amount=fee, held=amount)
    held, payer = owner.place(A.DEPOSIT_HELD), Owner(deal, owner.organisation_id)
    movements: tuple[Movement, ...] = ()
    if fee:
        movements += (movement(M.FEE_CHARGED, payer, fee), movement(M.FEE_PAID, payer, fee, held))
    if amount > fee:
        movements += (movement(M.DEPOSIT_APPLIED_TO_PRICE, payer, amount - fee, held),)
    return movements


def reversal(kind: MovementKind, subject: Subject, lines: Iterable[Line], by: Undo) -> Movement:
    """The mirror of a movement's entries: what is wrong is never edited.

    Raises `ValueError` for a movement that the table does not let be undone so.
    """
    if kind not in MOVEMENTS or MOVEMENTS[kind].undone_by is not by:
        raise ValueError(f"{kind} is not undone by {by}")
    return Movement(M.CORRECTION, subject, tuple(Line(line.place, -line.amount) for line in lines))


def shown_balance(side: LedgerSide, total: Decimal) -> Decimal:
    """The sum of entries as a balance on the account's own side."""
    return total if side == LedgerSide.DEBIT else ZERO - total


def check_enough(movements: Iterable[Movement], balances: Mapping[Place, Decimal]) -> None:
    """Raises `more_than_held` where an account that must not go below zero would; `balances` are shown balances."""
    left = dict(balances)
    for moved in movements:
        for line in moved.lines:
            account = CHART[line.place.code]
            before = left.get(line.place, ZERO)
            left[line.place] = before + shown_balance(account.side, line.amount)
            if account.non_negative and left[line.place] < 0:
                raise problems.MORE_THAN_HELD(field="amount", amount=abs(line.amount), held=before)
