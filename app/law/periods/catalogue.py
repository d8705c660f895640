"""The rules that periods run by: unit, sense, the dated parameter with the figure, and the article."""

from dataclasses import dataclass
from typing import Final

from app.core.problems import Rule, Text
from app.law.instruments import (
    CERTIFICATE_RULES,
    CHALLENGE_PRACTICE,
    CONVERSION_LAW,
    DEPOSITS,
    OPERATING_RULES,
    REGISTRATION_MEASURES,
)
from app.law.periods.kinds import Sense, Unit


@dataclass(frozen=True, slots=True)
class PeriodRule:
    """A rule: `parameters` name the dated figures it may take, the usual one first.

    `resumes_with` names the figure of what must still come when the period goes on after a suspension.
    """

    code: str
    name: Text
    unit: Unit
    sense: Sense
    parameters: tuple[str, ...]
    source: Rule
    resumes_with: str | None = None


_ALL: Final = (
    PeriodRule(
        "negotiated_notice",
        Text("Public notice of a negotiated deal", "协议定价公示期"),
        Unit.CALENDAR,
        Sense.AT_LEAST,
        ("negotiated_notice_days",),
        CONVERSION_LAW.art("18"),
    ),
    PeriodRule(
        "challenge_notice",
        Text("Public notice of the scores in a challenge", "揭榜挂帅评审结果公示期"),
        Unit.CALENDAR,
        Sense.AT_LEAST,
        ("challenge_notice_days",),
        CHALLENGE_PRACTICE,
    ),
    PeriodRule(
        "listing_notice",
        Text("Public notice of a listing", "挂牌公告期"),
        Unit.WORKING,
        Sense.AT_LEAST,
        ("listing_notice_working_days",),
        OPERATING_RULES.art("17, 23"),
        "resume_remaining_working_days",
    ),
    PeriodRule(
        "listing_extension",
        Text("Extension of a listing's notice", "延长公告期"),
        Unit.WORKING,
        Sense.AT_LEAST,
        ("listing_extension_working_days",),
        OPERATING_RULES.art("20"),
        "resume_remaining_working_days",
    ),
    PeriodRule(
        "suspension_max",
        Text("Suspension of a listing", "中止公告期"),
        Unit.MONTH,
        Sense.AT_MOST,
        ("suspension_max_months",),
        OPERATING_RULES.art("23"),
    ),
    PeriodRule(
        "resume_remaining",
        Text("What a notice still runs after a suspension", "恢复后继续公告期"),
        Unit.WORKING,
        Sense.AT_LEAST,
        ("resume_remaining_working_days",),
        OPERATING_RULES.art("23"),
    ),
    PeriodRule(
        "listing_review",
        Text("Qualification of registrants after a listing's notice", "意向受让方资格确认期"),
        Unit.WORKING,
        Sense.AT_MOST,
        ("listing_review_working_days",),
        OPERATING_RULES.art(Text("on the qualification of transferees", "受让资格确认")),
    ),
    PeriodRule(
        "deposit_release",
        Text("Return of deposits", "保证金退还期"),
        Unit.WORKING,
        Sense.AT_MOST,
        ("deposit_release_working_days",),
        DEPOSITS,
    ),
    PeriodRule(
        "certificate",
        Text("Issue of the transaction certificate", "出具交易凭证期"),
        Unit.WORKING,
        Sense.AT_MOST,
        ("certificate_working_days",),
        CERTIFICATE_RULES.art("3"),
    ),
    PeriodRule(
        "certificate_ground",
        Text("Restoring a condition of a valid certificate", "出证条件恢复期"),
        Unit.WORKING,
        Sense.AT_MOST,
        ("certificate_ground_working_days",),
        CERTIFICATE_RULES.art("3"),
    ),
    PeriodRule(
        "registration_decision",
        Text("Decision on a contract's registration", "认定登记时限"),
        Unit.WORKING,
        Sense.AT_MOST,
        ("registration_working_days", "registration_working_days_large"),
        REGISTRATION_MEASURES.art(Text("on the time of registration", "登记时限")),
    ),
)
RULES: Final = {rule.code: rule for rule in _ALL}
