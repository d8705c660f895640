"""What a computation says: statements with their lines, and why everything else earned nothing.

`Computation.as_json` is canonical: equal results give equal bytes under any deterministic JSON writer. Amounts that are
paid have two decimals; figures on the way to them are exact inside and shown with six.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import PlainSerializer, TypeAdapter

from app.awards.technology.kinds import ExclusionCode
from app.awards.technology.rules.countable import Bound
from app.awards.technology.rules.facts import Money, Share
from app.awards.technology.rules.programme import Role, Text

Derived = Annotated[Decimal, PlainSerializer(lambda value: f"{value:.6f}", return_type=str)]


@dataclass(frozen=True)
class AwardLine:
    """One payment's part of an award: `base = countable * share`, `raw = base * rate`.

    `countable` is the least of `received`, `invoiced` and `left` (technical amounts, CNY) and `bound` says which of
    them it was. `share` is the organisation's part of the payment, without that of counterparties not eligible.
    """

    contract_id: str
    contract_number: str
    payment_id: str
    received_on: date
    payment_amount: Money
    invoice_number: str | None
    received: Derived
    invoiced: Derived
    left: Derived
    bound: Bound
    countable: Derived
    share: Derived
    base: Derived
    rate: Share
    raw: Derived
    cap: Money
    awarded: Money
    article: Text
    reference: str


@dataclass(frozen=True)
class BrokerAllotment:
    """What a broker gets at least out of the agency's award (CNY)."""

    broker_id: str
    amount: Money


@dataclass(frozen=True)
class BrokerPart:
    """The brokers' floor in an agency's award: `minimum = sum of allotments + held`.

    `held` belongs to lines on whose contract no broker is recorded; the agency may not keep it, so it waits [P].
    """

    minimum_share: Share
    minimum: Money
    held: Money
    allotments: tuple[BrokerAllotment, ...]
    reference: str


@dataclass(frozen=True)
class AwardStatement:
    """One organisation's award in a role (CNY): `total` is the lesser of `raw_total` and `cap`, rounded once."""

    organisation_id: str
    organisation_name: str
    role: Role
    lines: tuple[AwardLine, ...]
    raw_total: Derived
    cap: Money
    cap_applied: bool
    total: Money
    cap_reference: str
    brokers: BrokerPart | None


@dataclass(frozen=True)
class Exclusion:
    """Why an organisation earned nothing from a contract or a payment, or only from a part of it.

    `payment_id` is None where the whole contract is at fault, `counterparty_id` names the other party where the fault
    is that party's. The role `broker` tells an agency that its brokers' part is held.
    """

    contract_id: str
    contract_number: str
    payment_id: str | None
    organisation_id: str
    role: Literal[Role, "broker"]
    code: ExclusionCode
    counterparty_id: str | None
    reason_en: str
    reason_zh: str
    article: Text
    reference: str


@dataclass(frozen=True)
class Computation:
    """The awards of one year (年度奖励计算), complete and in canonical order."""

    programme_id: str
    year: int
    zone: str
    statements: tuple[AwardStatement, ...]
    exclusions: tuple[Exclusion, ...]

    def statement(self, organisation_id: str, role: Role) -> AwardStatement | None:
        """An organisation's statement in a role; None when it earned nothing in it."""
        wanted = (organisation_id, role)
        return next((s for s in self.statements if (s.organisation_id, s.role) == wanted), None)

    def as_json(self) -> dict[str, Any]:
        """Plain data of strings, integers, booleans and lists, in canonical order."""
        plain: dict[str, Any] = _COMPUTATION.dump_python(self, mode="json")
        return plain


_COMPUTATION = TypeAdapter(Computation)


def ordered(exclusions: Sequence[Exclusion]) -> tuple[Exclusion, ...]:
    """Exclusions without repetitions, by contract, payment, role, organisation and code."""
    return tuple(
        sorted(
            dict.fromkeys(exclusions),
            key=lambda e: (
                e.contract_id,
                e.payment_id or "",
                e.role,
                e.organisation_id,
                e.code,
                e.counterparty_id or "",
                e.reason_en,
            ),
        )
    )
