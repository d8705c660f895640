"""How far a settlement has come: what has arrived of each buyer, and which conditions of the certificate hold. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from app.contracts.models import Contract
from app.contracts.settlement.kinds import ConditionKind
from app.contracts.settlement.models import Settlement
from app.contracts.settlement.rules import (
    NIL,
    Arrival,
    Ordered,
    Receipt,
    Shares,
    by_share,
    left_of,
    paid_directly,
    reached,
)
from app.office.ledger.kinds import InstructionKind, InstructionStatus
from app.office.ledger.models import PaymentInstruction


@dataclass(frozen=True, slots=True)
class Missing:
    """What an organisation still has to pay (CNY), and by which instructions."""

    organisation_id: UUID
    amount: Decimal
    instructions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: whether it holds, since when, or what is missing."""

    kind: ConditionKind
    since: datetime | None
    missing: tuple[Missing, ...] = ()

    @property
    def holds(self) -> bool:
        return self.since is not None


@dataclass(frozen=True, slots=True)
class PayerProgress:
    """What a buyer owes of each part, what has arrived of it and how (CNY)."""

    payer_id: UUID
    parts: tuple[Decimal, ...]
    settled: tuple[Decimal, ...]
    from_deposit: Decimal
    direct: Decimal
    returned: Decimal = NIL

    @property
    def owed(self) -> Decimal:
        return sum(self.parts, NIL)

    @property
    def through_exchange(self) -> Decimal:
        return sum(self.settled, NIL)

    @property
    def arrived(self) -> Decimal:
        return self.from_deposit + self.through_exchange + self.direct - self.returned

    @property
    def held(self) -> Decimal:
        """What it paid through the exchange and did not get back; of this a part may have been paid out."""
        return self.from_deposit + self.through_exchange - self.returned

    @property
    def left(self) -> list[Decimal]:
        """What is missing of each part: an instruction pays its own, other money the earliest first.

        Once money went back, what is left of it counts for the earliest first, whatever it was paid for.
        """
        if self.returned:
            return left_of(self.parts, self.arrived)
        unsettled = [amount - paid for amount, paid in zip(self.parts, self.settled, strict=True)]
        return left_of(unsettled, self.from_deposit + self.direct)


@dataclass(frozen=True, slots=True)
class Facts:
    """A settlement and everything that its progress follows from."""

    settlement: Settlement
    buyers: Shares
    receipts: Sequence[Receipt]
    payouts: Sequence[PaymentInstruction]
    contracts: Sequence[Contract]

    def payers(self) -> list[PayerProgress]:
        """The buyers in the deal's order."""
        direct = paid_directly(self.receipts, self._ordered())
        credited = {row.organisation_id: row.credited for row in self.settlement.deposits}
        shares = [by_share(part.amount, self.buyers) for part in self.settlement.parts]
        payers = []
        for payer_id, _ in self.buyers:
            parts = tuple(share[payer_id] for share in shares)
            settled = tuple(self._settled(payer_id, part.position) for part in self.settlement.parts)
            deposit = credited.get(payer_id, NIL)
            # What a seller records beyond the certain price is royalty, and no part of what is settled here.
            returned = sum((row.amount for row in self._returned(payer_id)), NIL)
            most = max(sum(parts, NIL) - deposit - sum(settled, NIL) + returned, NIL)
            besides = min(sum((row.amount for row in direct if row.payer_id == payer_id), NIL), most)
            payers.append(PayerProgress(payer_id, parts, settled, deposit, besides, returned))
        return payers

    def conditions(self) -> list[Condition]:
        """The three conditions of the certificate, in their order."""
        return [self._contract_signed(), self._price_arrived(), self._fees_paid()]

    def open_numbers(self, payer_id: UUID) -> tuple[str, ...]:
        """The instructions by which a buyer is asked for the price now."""
        rows = self.settlement.requests
        return tuple(
            row.instruction.number
            for row in rows
            if row.payer_id == payer_id and row.instruction.status == InstructionStatus.OPEN
        )

    def _ordered(self) -> list[Ordered]:
        return [
            Ordered(row.organisation_id, row.amount, row.created_at)
            for row in self.payouts
            if row.kind == InstructionKind.PRICE_PAYOUT and row.organisation_id is not None
        ]

    def _returned(self, payer_id: UUID) -> list[PaymentInstruction]:
        """What was ordered back to a buyer of its price; what its deposit was too large by never was part of it."""
        rows = [row for row in self.payouts if row.kind == InstructionKind.PRICE_RETURN]
        own = [row for row in rows if row.organisation_id == payer_id]
        surplus = any(row.returned > 0 for row in self.settlement.deposits if row.organisation_id == payer_id)
        return own[1:] if surplus else own

    def _settled(self, payer_id: UUID, position: int) -> Decimal:
        rows = [row for row in self.settlement.requests if (row.payer_id, row.position) == (payer_id, position)]
        paid = [row.instruction.amount for row in rows if row.instruction.status == InstructionStatus.SETTLED]
        return sum(paid, NIL)

    def _contract_signed(self) -> Condition:
        concluded = [
            max(party.signed_at for party in contract.parties if party.signed_at is not None)
            for contract in self.contracts
            if any(party.signed_at is not None for party in contract.parties)
        ]
        return Condition(ConditionKind.CONTRACT_SIGNED, min(concluded, default=None))

    def _price_arrived(self) -> Condition:
        first = [part.position for part in self.settlement.parts if part.before_certificate]
        missing, arrivals, since = [], self._arrivals(), []
        for payer in self.payers():
            needed = sum((payer.parts[position] for position in first), NIL)
            if payer.arrived < needed:
                short = needed - payer.arrived
                missing.append(Missing(payer.payer_id, short, self.open_numbers(payer.payer_id)))
            elif needed > 0:
                since.append(reached((row for row in arrivals if row.payer_id == payer.payer_id), needed))
        if missing:
            return Condition(ConditionKind.PRICE_ARRIVED, None, tuple(missing))
        return Condition(ConditionKind.PRICE_ARRIVED, self._last(since))

    def _fees_paid(self) -> Condition:
        rows = [row.instruction for row in self.settlement.fees if row.instruction is not None]
        missing = tuple(
            Missing(row.organisation_id, row.amount, (row.number,))
            for row in rows
            if row.status != InstructionStatus.SETTLED and row.organisation_id is not None
        )
        since = None if missing else self._last(row.settled_at for row in rows)
        return Condition(ConditionKind.FEES_PAID, since, missing)

    def _arrivals(self) -> list[Arrival]:
        """All money for the price: deposits at the signing, what the bank confirmed, what sellers received."""
        opened_at = self.settlement.opened_at
        deposits = [Arrival(row.organisation_id, row.credited, opened_at) for row in self.settlement.deposits]
        settled = [
            Arrival(row.payer_id, row.instruction.amount, row.instruction.settled_at)
            for row in self.settlement.requests
            if row.instruction.settled_at is not None
        ]
        returned = [
            Arrival(payer_id, -row.amount, row.created_at)
            for payer_id, _ in self.buyers
            for row in self._returned(payer_id)
        ]
        return [*deposits, *settled, *returned, *paid_directly(self.receipts, self._ordered())]

    def _last(self, moments: Iterable[datetime | None]) -> datetime:
        return max((moment for moment in moments if moment is not None), default=self.settlement.opened_at)
