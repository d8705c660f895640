"""What waits for the market's staff in identity and awards, and for anybody whose key ends."""

from typing import Final

from app.core.access import Role
from app.core.problems import Text
from app.law.instruments import POLICY
from app.system.worklist.kinds import MatterKind, Side, Viewer
from app.system.worklist.section import Section, View, at, on

_NO_NUMBER: Final = "NULL::text"

SECTIONS: Final = (
    Section(
        MatterKind.PUBLISH_AWARDS,
        Text("Review the draft of the awards, and publish it.", "复核奖补核算草稿并公示。"),
        POLICY.art("14"),
        "awards:read",
        "award_run",
        "/v1/award-runs/{subject_id}",
        "POST",
        "/v1/award-runs/{subject_id}/publication",
        "award_runs m",
        "m.status = 'draft'",
        (View(Viewer.AWARD_OFFICER, Side.MINE, "true"), View(Viewer.OPERATOR, Side.THEIRS, "true")),
    ),
    Section(
        MatterKind.VERIFY_ORGANISATION,
        Text("Verify the organisation, or refuse it.", "核验该主体，或者核验不通过。"),
        None,
        "identity:read",
        "organisation",
        "/v1/organisations/{subject_id}",
        "POST",
        "/v1/organisations/{subject_id}/verification",
        "organisations m",
        "m.verification = 'pending'",
        (
            View(Viewer.OPERATOR, Side.MINE, "true", "m.id"),
            View(Viewer.ORGANISATION, Side.THEIRS, "m.id = :own"),
        ),
        number=_NO_NUMBER,
        title="m.name",
    ),
    Section(
        MatterKind.DECIDE_DUPLICATE,
        Text("Say whether the two organisations are one.", "认定两个主体是否为同一主体。"),
        None,
        "identity:read",
        "organisation",
        "/v1/organisations/{subject_id}",
        "POST",
        "/v1/organisation-duplicates/{id}/decision",
        "organisation_duplicates m JOIN organisations o ON o.id = m.first_id",
        "m.decided_at IS NULL",
        (View(Viewer.OPERATOR, Side.MINE, "true", "m.second_id"),),
        subject_id="m.first_id",
        number=_NO_NUMBER,
        title="o.name",
    ),
    Section(
        MatterKind.CONFIRM_MERGER,
        Text("Confirm the merger as a second operator.", "由第二名工作人员确认合并。"),
        None,
        "identity:read",
        "organisation_merger",
        "/v1/organisation-mergers/{subject_id}",
        "POST",
        "/v1/organisation-mergers/{subject_id}/confirmation",
        "organisation_mergers m JOIN organisations o ON o.id = m.merged_id",
        "m.confirmed_by IS NULL AND m.taken_back_at IS NULL",
        (
            View(Viewer.OPERATOR, Side.MINE, "m.asked_by <> :person", "m.merged_id"),
            View(Viewer.OPERATOR, Side.THEIRS, "m.asked_by = :person", "m.merged_id"),
        ),
        on("m.effective_on"),
        number=_NO_NUMBER,
        title="o.name",
    ),
    Section(
        MatterKind.CONFIRM_INVITATION,
        Text("Confirm the invitation as a second operator.", "由第二名工作人员确认邀请。"),
        None,
        "identity:read",
        "invitation",
        "/v1/invitations/{subject_id}",
        "POST",
        "/v1/invitations/{subject_id}/confirmation",
        "invitations m",
        "m.needs_second AND m.confirmed_by IS NULL AND m.redeemed_at IS NULL AND m.revoked_at IS NULL "
        "AND m.expires_at > :now",
        (
            View(Viewer.OPERATOR, Side.MINE, "m.asked_by <> :person", "m.organisation_id"),
            View(Viewer.OPERATOR, Side.THEIRS, "m.asked_by = :person", "m.organisation_id"),
            View(
                Viewer.ORGANISATION,
                Side.THEIRS,
                "m.organisation_id = :own",
                roles=frozenset({Role.ADMIN}),
            ),
        ),
        at("m.expires_at"),
        number=_NO_NUMBER,
    ),
    Section(
        MatterKind.CONFIRM_APPOINTMENT,
        Text("Confirm the appointment as a second operator.", "由第二名工作人员确认任用。"),
        None,
        "identity:read",
        "appointment",
        "/v1/appointments/{subject_id}",
        "POST",
        "/v1/appointments/{subject_id}/confirmation",
        "appointments m",
        "m.awaits_confirmation AND m.ended_at IS NULL",
        (
            View(Viewer.OPERATOR, Side.MINE, "m.asked_by <> :person AND m.person_id <> :person"),
            View(Viewer.OPERATOR, Side.THEIRS, "m.asked_by = :person OR m.person_id = :person"),
        ),
        number=_NO_NUMBER,
        title="m.role",
    ),
    Section(
        MatterKind.ROTATE_KEY,
        Text("Replace the key before it expires.", "在密钥到期前更换。"),
        None,
        "identity:read",
        "api_key",
        "/v1/api-keys/{subject_id}",
        "POST",
        "/v1/api-keys/{subject_id}/rotation",
        "api_keys m",
        "m.revoked_at IS NULL AND m.expires_at > :now AND m.expires_at < :now + interval '14 days'",
        (View(Viewer.PERSON, Side.MINE, "m.person_id = :person AND m.organisation_id IS NOT DISTINCT FROM :own"),),
        at("m.expires_at"),
        number=_NO_NUMBER,
        title="m.name",
    ),
)
