"""What waits on the market: listings, their questions and revisions, and gates."""

from typing import Final

from app.core.problems import Text
from app.law.instruments import OPERATING_RULES, POLICY
from app.system.worklist.kinds import MatterKind, Side, Viewer
from app.system.worklist.section import FOREVER, Section, View, at

_LISTING: Final = ("listings:read", "listing", "/v1/listings/{subject_id}", "POST")
_SELLER: Final = "m.seller_id = :own"
_HELD: Final = "'first_refusal', 'co_owner_consent', 'co_buyer_consent'"
_OFFICE: Final = "'restricted_export', 'foreign_approval', 'patent_in_force'"

SECTIONS: Final = (
    Section(
        MatterKind.SUBMIT_LISTING,
        Text("Change the listing that was returned, and submit it again.", "修改被退回的交易项目并重新提交。"),
        POLICY.art("12"),
        *_LISTING,
        "/v1/listings/{subject_id}/submission",
        "listings m",
        "m.status = 'returned'",
        (View(Viewer.ORGANISATION, Side.MINE, _SELLER),),
        title="m.title",
        amount="m.asking_price",
    ),
    Section(
        MatterKind.PUBLISH_LISTING,
        Text("Publish the listing, or return it.", "发布该交易项目，或者退回。"),
        POLICY.art("12"),
        *_LISTING,
        "/v1/listings/{subject_id}/publication",
        "listings m",
        "m.status = 'submitted'",
        (
            View(Viewer.OPERATOR, Side.MINE, "true", "m.seller_id"),
            View(Viewer.ORGANISATION, Side.THEIRS, _SELLER),
        ),
        title="m.title",
        amount="m.asking_price",
    ),
    Section(
        MatterKind.RESUME_LISTING,
        Text("Resume the suspended listing.", "恢复已中止的交易项目。"),
        OPERATING_RULES.art("23"),
        *_LISTING,
        "/v1/listings/{subject_id}/resumption",
        "listings m",
        "m.status = 'suspended'",
        (
            View(Viewer.OPERATOR, Side.MINE, "m.suspended_by = 'operator'", "m.seller_id"),
            View(Viewer.ORGANISATION, Side.MINE, f"{_SELLER} AND m.suspended_by = 'seller'"),
            View(Viewer.ORGANISATION, Side.THEIRS, f"{_SELLER} AND m.suspended_by = 'operator'"),
        ),
        title="m.title",
        amount="m.asking_price",
    ),
    Section(
        MatterKind.PUBLISH_REVISION,
        Text("Publish the revision of the listing, or return it.", "发布交易项目的修订，或者退回。"),
        OPERATING_RULES.art("19"),
        *_LISTING,
        "/v1/listings/{subject_id}/revision/publication",
        "listed_revisions r JOIN listings m ON m.id = r.listing_id",
        "r.status = 'proposed'",
        (
            View(Viewer.OPERATOR, Side.MINE, "true", "m.seller_id"),
            View(Viewer.ORGANISATION, Side.THEIRS, _SELLER),
        ),
        id="r.id",
        title="m.title",
        amount="m.asking_price",
    ),
    Section(
        MatterKind.ANSWER_QUESTION,
        Text("Answer the question about the listing.", "答复对交易项目的提问。"),
        POLICY.art("12"),
        "listings:read",
        "question",
        "/v1/questions/{subject_id}",
        "POST",
        "/v1/questions/{subject_id}/answer",
        "listing_questions m JOIN listings l ON l.id = m.listing_id",
        "m.answered_at IS NULL AND l.status IN ('published', 'suspended', 'reserved')",
        (
            View(Viewer.ORGANISATION, Side.MINE, "l.seller_id = :own"),
            View(Viewer.ORGANISATION, Side.THEIRS, "m.asker_id = :own", "l.seller_id"),
        ),
        number="l.number",
        title="l.title",
    ),
    Section(
        MatterKind.SETTLE_GATE,
        Text("Settle what must be settled before the deal.", "办结成交前置事项。"),
        None,  # each kind of gate has a rule of its own, which the gate tells
        "deals:read",
        "gate",
        "/v1/gates/{subject_id}",
        "POST",
        "/v1/gates/{subject_id}/closure",
        "gates m",
        # What lapses closes by itself at that moment; of the others an index finds those of one organisation.
        f"coalesce(m.lapses_at, {FOREVER}) > :now AND NOT EXISTS (SELECT FROM gate_closures c WHERE c.gate_id = m.id)",
        (
            View(Viewer.ORGANISATION, Side.MINE, "m.holder_organisation_id = :own", "m.seller_id"),
            View(
                Viewer.ORGANISATION,
                Side.MINE,
                "m.holder_person_id = :person AND m.seller_id <> :own "
                "AND m.holder_organisation_id IS DISTINCT FROM :own",
                "m.seller_id",
            ),
            View(
                Viewer.ORGANISATION,
                Side.MINE,
                f"{_SELLER} AND (m.kind = 'related_party_approval' OR m.holder_person_id = :person "
                f"OR (m.kind IN ({_HELD}) AND m.holder_organisation_id IS NULL AND m.holder_person_id IS NULL))",
            ),
            View(
                Viewer.ORGANISATION,
                Side.THEIRS,
                f"{_SELLER} AND m.holder_organisation_id IS DISTINCT FROM :own AND (m.kind IN ({_OFFICE}) "
                "OR m.holder_organisation_id IS NOT NULL OR m.holder_person_id <> :person)",
                "m.holder_organisation_id",
            ),
            View(Viewer.OPERATOR, Side.MINE, f"m.kind IN ({_OFFICE})", "m.seller_id"),
        ),
        at("m.lapses_at", may_miss=True),
        number="NULL::text",
        title="m.detail",
    ),
)
