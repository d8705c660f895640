"""Pure decisions of the ledger: which entries each movement makes, and that none takes what is not there.

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
from app.office.ledger.kinds import AccountCode, LedgerSide, MovementKind

Subject = tuple[str, UUID]
"""What a movement is about, as events name it: ("listing", id), ("deal", id)."""
ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Standing:
    """How accounts of a code behave. Every account but the bank's is kept from going below zero.

    The bank needs no floor of its own: it equals what the other accounts hold, and it is the one account that all
    payments share, so that a floor would add up its whole history at each.
    """

    side: LedgerSide
    non_negative: bool = True


CHART: Final[Mapping[AccountCode, Standing]] = {
    AccountCode.BANK: Standing(LedgerSide.DEBIT, non_negative=False),
    AccountCode.DEPOSIT_RECEIVED: Standing(LedgerSide.CREDIT),
    AccountCode.DEPOSIT_HELD: Standing(LedgerSide.CREDIT),
    AccountCode.DEPOSIT_REPAYABLE: Standing(LedgerSide.CREDIT),
    AccountCode.PRICE_SETTLEMENT: Standing(LedgerSide.CREDIT),
    AccountCode.SELLER_PAYABLE: Standing(LedgerSide.CREDIT),
    AccountCode.FEE_RECEIVABLE: Standing(LedgerSide.DEBIT),
    AccountCode.FEE_INCOME: Standing(LedgerSide.CREDIT),
    AccountCode.FORFEITURES: Standing(LedgerSide.CREDIT),
    AccountCode.SUSPENSE_IN: Standing(LedgerSide.CREDIT),
    AccountCode.SUSPENSE_OUT: Standing(LedgerSide.DEBIT),
    AccountCode.SUSPENSE_REPAYABLE: Standing(LedgerSide.CREDIT),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Which account: its code, whose it is, and for what."""

    code: AccountCode
    organisation_id: UUID | None = None
    subject: Subject | None = None

    def sort_key(self) -> tuple[str, str, str]:
        """The order in which accounts are locked, the same for everybody."""
        return self.code, str(self.organisation_id), str(self.subject and self.subject[1])


BANK: Final = Place(AccountCode.BANK)


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


def _transfer(kind: MovementKind, subject: Subject, amount: Decimal, *, debit: Place, credit: Place) -> Movement:
    if amount <= 0:
        raise ValueError(f"{kind}: {amount} is not an amount")
    return Movement(kind, subject, (Line(debit, amount), Line(credit, -amount)))


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose money for what: an organisation and the subject it stands for."""

    subject: Subject
    organisation_id: UUID

    def place(self, code: AccountCode) -> Place:
        return Place(code, self.organisation_id, self.subject)


def settlement(deal: Subject) -> Place:
    """Where the price of a deal gathers (价款结算)."""
    return Place(AccountCode.PRICE_SETTLEMENT, None, deal)


def suspense(code: AccountCode, confirmation_id: UUID) -> Place:
    """Where money stands that matches nothing, an account a confirmation (待查款项)."""
    return Place(code, None, ("bank_confirmation", confirmation_id))


def deposit_received(owner: Owner, amount: Decimal, source: Place = BANK) -> Movement:
    """The money of a deposit has arrived, from the bank or out of suspense."""
    place = owner.place(AccountCode.DEPOSIT_RECEIVED)
    return _transfer(MovementKind.DEPOSIT_RECEIVED, owner.subject, amount, debit=source, credit=place)


def deposit_held(owner: Owner, amount: Decimal) -> Movement:
    """The deposit is accepted and held for its subject."""
    return _transfer(
        MovementKind.DEPOSIT_HELD,
        owner.subject,
        amount,
        debit=owner.place(AccountCode.DEPOSIT_RECEIVED),
        credit=owner.place(AccountCode.DEPOSIT_HELD),
    )


def deposit_release_due(owner: Owner, amount: Decimal, source: AccountCode = AccountCode.DEPOSIT_HELD) -> Movement:
    """The exchange owes the deposit back; nothing else can be done with it any more."""
    place = owner.place(AccountCode.DEPOSIT_REPAYABLE)
    return _transfer(MovementKind.DEPOSIT_RELEASE_DUE, owner.subject, amount, debit=owner.place(source), credit=place)


def deposit_released(owner: Owner, amount: Decimal, target: Place = BANK) -> Movement:
    """The bank has paid the deposit back."""
    place = owner.place(AccountCode.DEPOSIT_REPAYABLE)
    return _transfer(MovementKind.DEPOSIT_RELEASED, owner.subject, amount, debit=place, credit=target)


def deposit_forfeited(owner: Owner, amount: Decimal) -> Movement:
    """The depositor walked away: the deposit is lost to it."""
    return _transfer(
        MovementKind.DEPOSIT_FORFEITED,
        owner.subject,
        amount,
        debit=owner.place(AccountCode.DEPOSIT_HELD),
        credit=owner.place(AccountCode.FORFEITURES),
    )


def deposit_applied(owner: Owner, amount: Decimal, deal: Subject, fee: Decimal) -> tuple[Movement, ...]:
    """The winner's deposit becomes part of the price, less the fee (CNY, zero for none).

    Raises `more_than_held` for a fee above the deposit. A fee that takes all of it leaves nothing for the price.
    """
    if fee > amount:
        raise problems.MORE_THAN_HELD(field="fee", amount=fee, held=amount)
    held, payer = owner.place(AccountCode.DEPOSIT_HELD), Owner(deal, owner.organisation_id)
    movements: tuple[Movement, ...] = ()
    if fee:
        movements += (fee_charged(payer, fee), fee_paid(payer, fee, held))
    if amount > fee:
        kind, price = MovementKind.DEPOSIT_APPLIED_TO_PRICE, settlement(deal)
        movements += (_transfer(kind, deal, amount - fee, debit=held, credit=price),)
    return movements


def fee_charged(payer: Owner, amount: Decimal) -> Movement:
    """A party owes the exchange a fee."""
    return _transfer(
        MovementKind.FEE_CHARGED,
        payer.subject,
        amount,
        debit=payer.place(AccountCode.FEE_RECEIVABLE),
        credit=payer.place(AccountCode.FEE_INCOME),
    )


def fee_paid(payer: Owner, amount: Decimal, source: Place = BANK) -> Movement:
    """A fee that was charged is paid, through the bank or out of a deposit."""
    place = payer.place(AccountCode.FEE_RECEIVABLE)
    return _transfer(MovementKind.FEE_PAID, payer.subject, amount, debit=source, credit=place)


def price_received(deal: Subject, amount: Decimal, source: Place = BANK) -> Movement:
    """A part of the price has arrived."""
    return _transfer(MovementKind.PRICE_RECEIVED, deal, amount, debit=source, credit=settlement(deal))


def price_payable(seller: Owner, amount: Decimal) -> Movement:
    """A part of what gathered of the price is owed to a seller from now on."""
    place = seller.place(AccountCode.SELLER_PAYABLE)
    return _transfer(MovementKind.PRICE_PAYABLE, seller.subject, amount, debit=settlement(seller.subject), credit=place)


def price_paid_out(seller: Owner, amount: Decimal, target: Place = BANK) -> Movement:
    """The bank has paid a seller."""
    place = seller.place(AccountCode.SELLER_PAYABLE)
    return _transfer(MovementKind.PRICE_PAID_OUT, seller.subject, amount, debit=place, credit=target)


def unmatched_in(confirmation_id: UUID, amount: Decimal) -> Movement:
    """Money arrived that matches nothing."""
    place = suspense(AccountCode.SUSPENSE_IN, confirmation_id)
    return _transfer(MovementKind.UNMATCHED_IN, _confirmation(confirmation_id), amount, debit=BANK, credit=place)


def unmatched_out(confirmation_id: UUID, amount: Decimal) -> Movement:
    """Money left that matches nothing."""
    place = suspense(AccountCode.SUSPENSE_OUT, confirmation_id)
    return _transfer(MovementKind.UNMATCHED_OUT, _confirmation(confirmation_id), amount, debit=place, credit=BANK)


def unmatched_repayable(confirmation_id: UUID, amount: Decimal) -> Movement:
    """Money that matches nothing is to go back to where it came from."""
    return _transfer(
        MovementKind.UNMATCHED_REPAYABLE,
        _confirmation(confirmation_id),
        amount,
        debit=suspense(AccountCode.SUSPENSE_IN, confirmation_id),
        credit=suspense(AccountCode.SUSPENSE_REPAYABLE, confirmation_id),
    )


def unmatched_repaid(confirmation_id: UUID, amount: Decimal, target: Place = BANK) -> Movement:
    """The bank has sent it back."""
    place = suspense(AccountCode.SUSPENSE_REPAYABLE, confirmation_id)
    return _transfer(MovementKind.UNMATCHED_REPAID, _confirmation(confirmation_id), amount, debit=place, credit=target)


def _confirmation(confirmation_id: UUID) -> Subject:
    return "bank_confirmation", confirmation_id


def reversal(subject: Subject, lines: Iterable[Line]) -> Movement:
    """The mirror of a transaction's entries: what is wrong is never edited (红字冲销)."""
    return Movement(MovementKind.CORRECTION, subject, tuple(Line(line.place, -line.amount) for line in lines))


def shown_balance(side: LedgerSide, total: Decimal) -> Decimal:
    """The sum of entries as a balance on the account's own side."""
    return total if side == LedgerSide.DEBIT else ZERO - total


def check_enough(movements: Iterable[Movement], balances: Mapping[Place, Decimal]) -> None:
    """Raises `more_than_held` where an account that must not go below zero would; `balances` are shown balances."""
    left = dict(balances)
    for movement in movements:
        for line in movement.lines:
            standing = CHART[line.place.code]
            before = left.get(line.place, ZERO)
            left[line.place] = before + shown_balance(standing.side, line.amount)
            if standing.non_negative and left[line.place] < 0:
                raise problems.MORE_THAN_HELD(field="amount", amount=abs(line.amount), held=before)
