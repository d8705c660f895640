"""Pure decisions of recognition and registration (认定登记): steps, periods, amounts, number."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from app.contracts.kinds import Regime, RegistrationStatus
from app.contracts.registration import problems
from app.contracts.registration.kinds import Clock, Step, Taker
from app.law.figures import ParameterError, parameter

S = RegistrationStatus


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step: its Chinese name, who takes it, from which states to which, what it tells, what it needs.

    The state `None` is that before the first application.
    """

    step: Step
    zh: str
    by: Taker
    sources: tuple[RegistrationStatus | None, ...]
    target: RegistrationStatus
    event: str
    needs: str
    clock: Clock | None = None


# fmt: off
_ROWS: Final = (
    StepRow(Step.APPLICATION, "申请登记", Taker.SELLER, (None, S.REFUSED), S.SUBMITTED,
            "contract.registration_submitted",
            "a signed contract; after a refusal one amended since; a seller with a mainland division"),
    StepRow(Step.ACCEPTANCE, "受理", Taker.REGISTRAR, (S.SUBMITTED,), S.ACCEPTED,
            "contract.registration_accepted", "", Clock.BEGINS),
    StepRow(Step.SUPPLEMENT_REQUEST, "要求补正", Taker.REGISTRAR, (S.SUBMITTED, S.ACCEPTED), S.SUPPLEMENTS_REQUESTED,
            "contract.registration_supplements_requested", "what is missing", Clock.STOPS),
    StepRow(Step.RESUBMISSION, "补正", Taker.APPLICANT, (S.SUPPLEMENTS_REQUESTED,), S.ACCEPTED,
            "contract.registration_accepted", "", Clock.BEGINS),
    StepRow(Step.APPROVAL, "准予登记", Taker.REGISTRAR, (S.ACCEPTED,), S.REGISTERED,
            "contract.registered", "both amounts; a reason for a technical amount below the contract's", Clock.MET),
    StepRow(Step.REFUSAL, "不予登记", Taker.REGISTRAR, (S.SUBMITTED, S.ACCEPTED, S.SUPPLEMENTS_REQUESTED), S.REFUSED,
            "contract.registration_refused", "a reason", Clock.STOPS),
    StepRow(Step.CANCELLATION, "撤销登记", Taker.REGISTRAR, (S.REGISTERED,), S.CANCELLED,
            "contract.registration_cancelled", "a reason, and whether the contract itself ended"),
)
# fmt: on
STEPS: Final[Mapping[Step, StepRow]] = {row.step: row for row in _ROWS}

MAINLAND: Final = range(11, 66)
"""First two digits of the mainland's divisions in GB/T 2260; Taiwan, Hong Kong and Macao are 71, 81 and 82."""
MAX_SERIAL: Final = 999_999


def check_step(step: Step, status: RegistrationStatus) -> None:
    """Raises `registration_step` unless an application of this status can take the step now."""
    sources = STEPS[step].sources
    if status not in sources:
        raise problems.WRONG_STEP(status=status, needed=" / ".join(source for source in sources if source))


def check_application(status: RegistrationStatus | None, applied_revision: int, revision: int) -> None:
    """A contract is applied for once, and after a refusal again when amended [P]; raises `registration_exists`."""
    if status is not None and (status not in STEPS[Step.APPLICATION].sources or revision <= applied_revision):
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
