"""Pure decisions of recognition and registration (认定登记): steps, periods, amounts, number."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from app.contracts.kinds import Regime, RegistrationStatus
from app.contracts.registration import problems
from app.law.figures import ParameterError, parameter

S = RegistrationStatus

STEPS: Final[Mapping[RegistrationStatus, frozenset[RegistrationStatus]]] = {
    S.SUBMITTED: frozenset({S.ACCEPTED, S.SUPPLEMENTS_REQUESTED, S.REFUSED}),
    S.ACCEPTED: frozenset({S.SUPPLEMENTS_REQUESTED, S.REGISTERED, S.REFUSED}),
    S.SUPPLEMENTS_REQUESTED: frozenset({S.ACCEPTED, S.REFUSED}),
    S.REGISTERED: frozenset({S.CANCELLED}),
    S.REFUSED: frozenset({S.SUBMITTED}),
    S.CANCELLED: frozenset(),
}
"""Which step may follow which. A refused application goes on only with an amended contract, see `check_application`."""

MAINLAND: Final = range(11, 66)
"""First two digits of the mainland's divisions in GB/T 2260; Taiwan, Hong Kong and Macao are 71, 81 and 82."""
MAX_SERIAL: Final = 999_999


def check_step(now: RegistrationStatus, to: RegistrationStatus, *needed: RegistrationStatus) -> None:
    """Raises `registration_step` unless the application is at one of `needed` and `to` may follow it."""
    if now not in needed or to not in STEPS[now]:
        raise problems.WRONG_STEP(status=now, needed=" / ".join(needed))


def check_application(status: RegistrationStatus | None, applied_revision: int, revision: int) -> None:
    """A contract is applied for once, and after a refusal again when amended [P]; raises `registration_exists`."""
    if status is None or (status == S.REFUSED and revision > applied_revision):
        return
    raise problems.ALREADY_APPLIED(status=status)


def division_on(divisions: Iterable[tuple[str, date, date | None]], day: date) -> str | None:
    """The division (GB/T 2260) in which an organisation resided on a day; None: nothing is recorded."""
    return next((code for code, first, last in divisions if first <= day <= (last or date.max)), None)


def check_applicant(division: str | None, signed_on: date) -> None:
    """The seller registers at its own location: it needs a mainland division on the signing day.

    Raises `applicant_out_of_scope`: an import contract is registered by its domestic buyer, which is not taken here.
    """
    if division is None or int(division[:2]) not in MAINLAND:
        raise problems.APPLICANT_OUT_OF_SCOPE(day=signed_on)


def regime_of(signed_on: date) -> Regime:
    """Which measures apply, by the contract's own date and never by today; raises `registration_no_rules`."""
    try:
        new = parameter("registration_new_measures", on=signed_on).value == 1
    except ParameterError as error:
        raise problems.NO_REGIME(day=signed_on) from error
    return Regime.MEASURES_2026 if new else Regime.MEASURES_2000


def decision_figure(signed_on: date, technical_amount: Decimal, expert_review: bool) -> str:
    """Which parameter has the registrar's working days: more where the technical amount (CNY) is large or experts are
    heard [D].
    """
    large = technical_amount >= parameter("registration_large_technical_amount", on=signed_on).value
    return "registration_working_days_large" if large or expert_review else "registration_working_days"


def check_recognised(
    contract_total: Decimal, contract_technical: Decimal, total: Decimal, technical: Decimal, reason: str | None
) -> None:
    """The registrar confirms the total and recognises the technical amount or, with a reason, less of it (CNY).

    Raises `total_not_confirmed`, `technical_above_contract`, `registration_reason_needed`.
    """
    if total != contract_total:
        raise problems.TOTAL_NOT_CONFIRMED(field="total_amount", expected=contract_total, total=total)
    if technical > contract_technical:
        raise problems.TECHNICAL_ABOVE_CONTRACT(
            field="technical_amount", expected=contract_technical, technical=technical
        )
    if technical < contract_technical and reason is None:
        raise problems.REASON_NEEDED(field="reason", expected=contract_technical, technical=technical)


def registry_number(region: str, station: str, year: int, serial: int) -> str:
    """The 16 digits: region 4, station 2, year 4, serial 6 [S]. A serial beyond 999 999 is a `ValueError`."""
    if not 1 <= serial <= MAX_SERIAL:
        raise ValueError(f"serial {serial} does not fit six digits")
    return f"{region}{station}{year:04d}{serial:06d}"
