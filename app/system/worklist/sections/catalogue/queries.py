"""What waits in the catalogue: demands, responses, challenges, appraisal reports, dormant results, saved searches."""

from typing import Final

from app.core.access import Role
from app.core.problems import Text
from app.law.instruments import CHALLENGE_PRACTICE, POLICY, REPORT_STANDARD
from app.system.worklist.kinds import MatterKind, Side, Viewer
from app.system.worklist.section import Section, View, at, on

_OWN: Final = frozenset({Role.MEMBER, Role.ADMIN})
_TITLE: Final = "m.form ->> 'title'"
_CHECK: Final = (
    "demand",
    "/v1/demands/{subject_id}/draft",
    "POST",
)

SECTIONS: Final = (
    Section(
        MatterKind.SUBMIT_DEMAND,
        Text("Change the demand that was returned, and submit it again.", "修改被退回的需求并重新提交。"),
        POLICY.art("15"),
        "demands:read",
        *_CHECK,
        "/v1/demands/{subject_id}/submission",
        "demands m",
        "m.check_status = 'returned'",
        (View(Viewer.ORGANISATION, Side.MINE, "m.demander_id = :own"),),
        title=_TITLE,
        amount="m.budget",
    ),
    Section(
        MatterKind.CHECK_DEMAND_FIRST,
        Text("Check the demand, or return it.", "初审该需求，或者退回。"),
        POLICY.art("15"),
        "demands:read",
        *_CHECK,
        "/v1/demands/{subject_id}/first-check",
        "demands m",
        "m.check_status = 'submitted'",
        (
            View(Viewer.OPERATOR, Side.MINE, "true", "m.demander_id"),
            View(Viewer.ORGANISATION, Side.THEIRS, "m.demander_id = :own"),
        ),
        at("m.check_due_at", may_miss=True),
        title=_TITLE,
        amount="m.budget",
    ),
    Section(
        MatterKind.CHECK_DEMAND_SECOND,
        Text("Check the demand as the second person.", "由第二人复审该需求。"),
        POLICY.art("15"),
        "demands:read",
        *_CHECK,
        "/v1/demands/{subject_id}/second-check",
        "demands m",
        "m.check_status = 'checked'",
        (
            View(Viewer.OPERATOR, Side.MINE, "m.first_checked_by <> :person", "m.demander_id"),
            View(Viewer.OPERATOR, Side.THEIRS, "m.first_checked_by = :person", "m.demander_id"),
            View(Viewer.ORGANISATION, Side.THEIRS, "m.demander_id = :own"),
        ),
        at("m.check_due_at", may_miss=True),
        title=_TITLE,
        amount="m.budget",
    ),
    Section(
        MatterKind.ANSWER_RESPONSE,
        Text("Shortlist, agree on or decline the response.", "将该应答列入候选、与其达成一致或者谢绝。"),
        POLICY.art("15"),
        "demands:read",
        "demand_response",
        "/v1/demand-responses/{subject_id}",
        "POST",
        "/v1/demand-responses/{subject_id}/agreement",
        "demand_responses m JOIN demands d ON d.id = m.demand_id",
        "m.status IN ('sent', 'shortlisted') AND NOT m.sealed",
        (
            View(Viewer.ORGANISATION, Side.MINE, "m.demander_id = :own", "m.responder_id"),
            # Who asks may have hidden its name: it is told once the response is shortlisted.
            View(
                Viewer.ORGANISATION,
                Side.THEIRS,
                "m.responder_id = :own",
                "CASE WHEN m.status = 'shortlisted' OR d.name_hidden IS FALSE THEN m.demander_id END",
            ),
        ),
        title="left(m.proposal, 100)",
        amount="m.price",
    ),
    Section(
        MatterKind.SCORE_BIDS,
        Text("Score the bids of the challenge.", "对揭榜方案评分。"),
        CHALLENGE_PRACTICE,
        "demands:read",
        "demand",
        "/v1/demands/{subject_id}",
        "POST",
        "/v1/demands/{subject_id}/scores",
        "challenge_experts m JOIN challenges c ON c.demand_id = m.demand_id AND c.judging = m.judging "
        "JOIN demands d ON d.id = m.demand_id",
        "c.status = 'judging' AND NOT EXISTS (SELECT FROM challenge_scores s WHERE s.expert_id = m.id)",
        (View(Viewer.ORGANISATION, Side.MINE, "m.person_id = :person AND m.organisation_id = :own"),),
        subject_id="m.demand_id",
        number="d.number",
    ),
    Section(
        MatterKind.PUBLISH_SCORES,
        Text("Publish the scores of the challenge once every expert has given them.", "专家全部评分后公示评审结果。"),
        CHALLENGE_PRACTICE,
        "demands:read",
        "demand",
        "/v1/demands/{subject_id}",
        "POST",
        "/v1/demands/{subject_id}/scores/publication",
        "challenges c JOIN demands m ON m.id = c.demand_id",
        "c.status = 'judging'",
        (
            View(Viewer.OPERATOR, Side.MINE, "true", "m.demander_id"),
            View(Viewer.ORGANISATION, Side.THEIRS, "m.demander_id = :own"),
        ),
    ),
    Section(
        MatterKind.DECIDE_CHALLENGE_OBJECTION,
        Text("Decide on the objection to the scores.", "对评审结果的异议作出处理。"),
        CHALLENGE_PRACTICE,
        "demands:read",
        "demand",
        "/v1/demands/{subject_id}",
        "POST",
        "/v1/challenge-objections/{id}/decision",
        "challenge_objections m JOIN demands d ON d.id = m.demand_id",
        "m.outcome IS NULL",
        (
            View(Viewer.OPERATOR, Side.MINE, "true", "m.organisation_id"),
            View(Viewer.ORGANISATION, Side.THEIRS, "m.organisation_id = :own"),
        ),
        subject_id="m.demand_id",
        number="d.number",
    ),
    Section(
        MatterKind.REVIEW_APPRAISAL,
        Text("Accept or refuse the appraisal report.", "审核资产评估报告。"),
        REPORT_STANDARD.art(Text("on the review of reports", "报告审核")),
        "appraisals:read",
        "appraisal_report",
        "/v1/appraisal-reports/{subject_id}",
        "POST",
        "/v1/appraisal-reports/{subject_id}/review",
        "appraisal_reports m JOIN results r ON r.id = m.result_id",
        "m.status = 'submitted'",
        (
            View(Viewer.OPERATOR, Side.MINE, "true", "m.submitted_by_id"),
            View(Viewer.ORGANISATION, Side.THEIRS, "m.submitted_by_id = :own"),
        ),
        title="r.title",
        amount="m.value",
    ),
    Section(
        MatterKind.ANSWER_DORMANT_RESULT,
        Text(
            "Say why the result was not converted, or correct what is recorded.", "说明成果未转化的原因，或者更正登记。"
        ),
        POLICY.art("12"),
        "results:read",
        "dormant_result",
        "/v1/dormant-results/{subject_id}",
        "POST",
        "/v1/dormant-results/{subject_id}/answer",
        "dormant_results m JOIN dormant_lists l ON l.id = m.list_id JOIN results r ON r.id = m.result_id",
        "m.status = 'waiting' AND l.status = 'checking'",
        (View(Viewer.ORGANISATION, Side.MINE, "m.organisation_id = :own", roles=_OWN),),
        on("l.check_ends_on", may_miss=True),
        number="r.number",
        title="r.title",
    ),
    Section(
        MatterKind.RESUME_SEARCH,
        Text("Resume the saved search, or let it end.", "恢复订阅的检索，或者任其到期。"),
        POLICY.art("15"),
        "searches:read",
        "saved_search",
        "/v1/saved-searches/{subject_id}",
        "POST",
        "/v1/saved-searches/{subject_id}/resumption",
        "saved_searches m",
        "m.status = 'paused'",
        (View(Viewer.ORGANISATION, Side.MINE, "m.organisation_id = :own"),),
        on("m.ends_on"),
        number="NULL::text",
        title="m.name",
    ),
)
"""Demands are dated by when the operator must have checked them, dormant results by the end of the check."""
