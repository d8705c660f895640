"""What waits once the price is agreed: contracts, their registration, certificates."""

from typing import Final

from app.core.problems import Text
from app.law.instruments import CERTIFICATE_RULES, CIVIL_CODE, REGISTRATION_MEASURES
from app.system.worklist.kinds import MatterKind, Side, Viewer
from app.system.worklist.section import NEVER, Section, View, at, on

_OTHER: Final = (
    "(SELECT o.organisation_id FROM deal_parties o WHERE o.deal_id = m.id AND o.role <> p.role "
    "AND o.role IN ('seller', 'buyer') ORDER BY o.position LIMIT 1)"
)
_BUYER: Final = (
    "(SELECT o.organisation_id FROM contract_parties o WHERE o.contract_id = m.id AND o.role = 'buyer' "
    "ORDER BY o.position LIMIT 1)"
)
_APPLICATION: Final = ("contracts:read", "contract", "/v1/contracts/{subject_id}", "POST")
_APPLIED: Final = "registrations r JOIN contracts m ON m.id = r.contract_id"
_TIME: Final = REGISTRATION_MEASURES.art(Text("on the time of registration", "登记时限"))

SECTIONS: Final = (
    Section(
        MatterKind.DRAFT_CONTRACT,
        Text("Draft the contract of the deal, and sign it in time.", "起草成交项目的合同，并按期签署。"),
        CIVIL_CODE.art("851, 862, 878"),
        "deals:read",
        "deal",
        "/v1/deals/{subject_id}",
        "POST",
        "/v1/contracts",
        "deal_parties p JOIN deals m ON m.id = p.deal_id",
        "m.status = 'agreed' AND p.role IN ('seller', 'buyer') "
        "AND NOT EXISTS (SELECT FROM contracts c WHERE c.deal_id = m.id AND c.status = 'draft')",
        (View(Viewer.ORGANISATION, Side.MINE, "p.organisation_id = :own", _OTHER),),
        at("m.contract_due_at", may_miss=True),
        title="m.subject",
        amount="m.price",
    ),
    Section(
        MatterKind.SIGN_CONTRACT,
        Text("Sign the contract.", "签署合同。"),
        CIVIL_CODE.art("490"),
        "contracts:read",
        "contract",
        "/v1/contracts/{subject_id}",
        "POST",
        "/v1/contracts/{subject_id}/signature",
        "contract_parties p JOIN contracts m ON m.id = p.contract_id JOIN deals d ON d.id = m.deal_id",
        "m.status = 'draft' AND p.role IN ('seller', 'buyer') AND p.signed_on IS NULL",
        (
            View(
                Viewer.ORGANISATION,
                Side.MINE,
                "p.organisation_id = :own",
                "(SELECT o.organisation_id FROM contract_parties o WHERE o.contract_id = m.id AND o.role <> p.role "
                "ORDER BY o.position LIMIT 1)",
            ),
            View(
                Viewer.ORGANISATION,
                Side.THEIRS,
                "p.organisation_id <> :own AND m.id IN (SELECT o.contract_id FROM contract_parties o "
                "WHERE o.organisation_id = :own AND o.signed_on IS NOT NULL AND o.role IN ('seller', 'buyer'))",
                "p.organisation_id",
            ),
        ),
        at("d.contract_due_at", may_miss=True),
        title="m.name",
        amount="m.total_amount",
    ),
    Section(
        MatterKind.ACCEPT_APPLICATION,
        Text("Accept the application for registration.", "受理认定登记申请。"),
        _TIME,
        *_APPLICATION,
        "/v1/contracts/{subject_id}/registration/acceptance",
        _APPLIED,
        "r.status = 'submitted'",
        (
            View(Viewer.REGISTRAR, Side.MINE, "true", "r.applicant_id"),
            View(Viewer.ORGANISATION, Side.THEIRS, "r.applicant_id = :own", _BUYER),
        ),
        NEVER,
        id="r.id",
        title="m.name",
        amount="m.total_amount",
    ),
    Section(
        MatterKind.DECIDE_APPLICATION,
        Text("Register the contract, or refuse it.", "准予登记，或者不予登记。"),
        _TIME,
        *_APPLICATION,
        "/v1/contracts/{subject_id}/registration/approval",
        _APPLIED,
        "r.status = 'accepted'",
        (
            View(Viewer.REGISTRAR, Side.MINE, "true", "r.applicant_id"),
            View(Viewer.ORGANISATION, Side.THEIRS, "r.applicant_id = :own", _BUYER),
        ),
        on("r.decision_due_on", may_miss=True),
        id="r.id",
        title="m.name",
        amount="m.total_amount",
    ),
    Section(
        MatterKind.SUPPLEMENT_APPLICATION,
        Text("Supply what the registrar asked for, and submit again.", "按登记员要求补正并重新提交。"),
        _TIME,
        *_APPLICATION,
        "/v1/contracts/{subject_id}/registration/resubmission",
        _APPLIED,
        "r.status = 'supplements_requested'",
        (
            View(Viewer.ORGANISATION, Side.MINE, "r.applicant_id = :own", _BUYER),
            View(Viewer.REGISTRAR, Side.THEIRS, "true", "r.applicant_id"),
        ),
        NEVER,
        id="r.id",
        title="m.name",
        amount="m.total_amount",
    ),
    Section(
        MatterKind.ISSUE_CERTIFICATE,
        Text("Issue the transaction certificate: its conditions hold.", "出具交易凭证：出证条件已具备。"),
        CERTIFICATE_RULES.art("3"),
        "certificates:read",
        "deal",
        "/v1/deals/{subject_id}/certificate-conditions",
        "POST",
        "/v1/deals/{subject_id}/certificate",
        "periods r JOIN deals m ON m.id = r.subject_id",
        "r.rule = 'certificate' AND r.status = 'open' AND r.subject_type = 'deal'",
        (
            View(Viewer.OPERATOR, Side.MINE, "true"),
            View(
                Viewer.ORGANISATION,
                Side.THEIRS,
                "m.id IN (SELECT p.deal_id FROM deal_parties p WHERE p.organisation_id = :own)",
            ),
        ),
        on("r.ends_on"),
        id="r.id",
        title="m.subject",
        amount="m.price",
    ),
)
