"""Which results are dormant on a day, and what a unit may say of one. Pure."""

from dataclasses import dataclass
from datetime import date

from app.law.periods.rules import add_months
from app.market.dormant import problems
from app.market.dormant.kinds import DormancyReason, DormantListStatus, DormantStatus, NotDormant


@dataclass(frozen=True, slots=True)
class DormancyFacts:
    """What is known of a result. `agreed`: a deal on it is agreed or under contract."""

    publicly_funded: bool
    secret: bool
    registered_on: date
    conversion_begun_on: date | None
    agreed: bool


def why_not_dormant(facts: DormancyFacts, as_of: date, years: int) -> NotDormant | None:
    """Why a result is not dormant on a day; None where it is (policy, art. 12).

    It is dormant where public money paid for it, it may be told of, and nobody began to convert it within `years` of
    its registration: on the anniversary the period still runs.
    """
    if not facts.publicly_funded:
        return NotDormant.NOT_PUBLICLY_FUNDED
    if facts.secret:
        return NotDormant.SECRET
    if add_months(facts.registered_on, 12 * years) >= as_of:
        return NotDormant.IN_TIME
    if facts.conversion_begun_on is not None:
        return NotDormant.CONVERSION_BEGUN
    return NotDormant.AGREED if facts.agreed else None


def check_answerable(list_status: DormantListStatus, status: DormantStatus) -> None:
    """Raises `dormant_list_not_checked` where units do not check the list, or the result was taken out of it."""
    if list_status != DormantListStatus.CHECKING or status == DormantStatus.CORRECTED:
        raise problems.NOT_CHECKED(status=DormantStatus.CORRECTED if status == DormantStatus.CORRECTED else list_status)


def check_explanation(status: DormantStatus, reason: DormancyReason | None, note: str | None) -> None:
    """Raises `dormant_answer_incomplete` for an explanation without a reason, `other` without a note, or a reason
    where nothing is explained.
    """
    explained = status == DormantStatus.EXPLAINED
    if explained != (reason is not None):
        raise problems.ANSWER_INCOMPLETE(field="reason")
    if reason is DormancyReason.OTHER and note is None:
        raise problems.ANSWER_INCOMPLETE(field="note")


def check_out(why: NotDormant | None) -> NotDormant:
    """Why a result leaves the list; raises `still_dormant` where it does not."""
    if why is None:
        raise problems.STILL_DORMANT()
    return why


def check_publishable(status: DormantListStatus, check_ends_on: date | None, today: date, *, waiting: bool) -> None:
    """Raises `dormant_list_not_publishable` while it is gathered, or while units may still answer."""
    if status == DormantListStatus.PUBLISHED:
        raise problems.ALREADY_PUBLISHED()
    if check_ends_on is None or (waiting and today <= check_ends_on):
        raise problems.NOT_PUBLISHABLE(until=check_ends_on or today)
