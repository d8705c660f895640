"""Pure decision whether a result may be listed in a mode of transfer, with every reason why not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from app.catalogue.results.kinds import PATENTS, ExportControl, IpType, Secrecy, TransferMode
from app.catalogue.results.problems import RESULT_NOT_LISTABLE
from app.core.problems import FieldError, Rule, Text
from app.law.instruments import CIVIL_CODE, EXPORT_RULES, PATENT_LAW, POLICY, PROGRESS_LAW

LICENCES = frozenset({TransferMode.EXCLUSIVE_LICENCE, TransferMode.SOLE_LICENCE, TransferMode.ORDINARY_LICENCE})
DISPOSALS = LICENCES | {TransferMode.ASSIGNMENT, TransferMode.EQUITY_CONTRIBUTION}
"""Modes that dispose of the right itself; development, consulting and service do not."""


@dataclass(frozen=True, slots=True)
class AssetFacts:
    """What listability asks of an IP asset."""

    position: int
    type: IpType
    title: str
    expires_on: date | None
    invalidated_on: date | None
    also_in: tuple[str, ...] = ()
    """The numbers of other results that hold the same patent or application."""


@dataclass(frozen=True, slots=True)
class OwnerFacts:
    """One owner (no organisation: the completing team), its name for messages, and its share."""

    organisation_id: UUID | None
    name: str
    share: Decimal


@dataclass(frozen=True, slots=True)
class ListingFacts:
    """What is known of a result when it is to be listed by `seller_id`."""

    result_id: UUID
    seller_id: UUID
    secrecy: Secrecy
    export_control: ExportControl
    publicly_funded: bool
    assets: tuple[AssetFacts, ...]
    owners: tuple[OwnerFacts, ...]
    consents: frozenset[tuple[UUID | None, TransferMode]]


@dataclass(frozen=True, slots=True)
class Finding:
    """A reason or a note: code, field at fault, the sentence, what would pass, and the rule."""

    code: str
    field: str
    reason: Text
    remedy: Text | None
    rule: Rule


def listability(facts: ListingFacts, transfer_mode: TransferMode, today: date) -> list[Finding]:
    """Every reason why the result may not be listed in this mode today; empty when it may."""
    return [
        *_secrecy(facts),
        *_export(facts),
        *(_dead_assets(facts, today) if transfer_mode in DISPOSALS else []),
        *(_consents(facts, transfer_mode) if transfer_mode in DISPOSALS else []),
    ]


def refuse_unlistable(facts: ListingFacts, transfer_mode: TransferMode, today: date) -> None:
    """Raises `result_not_listable` with each reason among its `errors`, article included."""
    reasons = listability(facts, transfer_mode, today)
    if reasons:
        raise RESULT_NOT_LISTABLE(errors=[as_error(reason) for reason in reasons], count=len(reasons))


def notes_on(facts: ListingFacts, *, for_staff: bool) -> list[Finding]:
    """What does not forbid listing, but must be looked into or binds the later contract.

    Staff alone are told which results of others hold the same patent.
    """
    notes = [_claimed_twice(asset, for_staff=for_staff) for asset in facts.assets if asset.also_in]
    if facts.export_control == ExportControl.RESTRICTED:
        notes.append(
            Finding(
                "export_licence_needed",
                "export_control",
                Text(
                    "Technology restricted from export: a contract with a foreign buyer takes effect with the licence",
                    "限制出口技术:与境外受让方的合同自许可证颁发之日起生效",
                ),
                None,
                EXPORT_RULES.art("chapter 3"),
            )
        )
    if facts.publicly_funded:
        notes.append(
            Finding(
                "approval_abroad_needed",
                "publicly_funded",
                Text(
                    "Publicly funded: assignment or an exclusive licence abroad needs the approval of the funding body",
                    "财政资金形成的成果:向境外转让或独占许可须经项目管理机构批准",
                ),
                None,
                PROGRESS_LAW.art("34"),
            )
        )
    return notes


def _claimed_twice(asset: AssetFacts, *, for_staff: bool) -> Finding:
    others = f": {', '.join(asset.also_in)}" if for_staff else ""
    return Finding(
        "patent_in_other_result",
        f"ip_assets.{asset.position}",
        Text(
            f"The number of “{asset.title}” stands in other results too{others}",
            f"《{asset.title}》的专利号或申请号亦见于其他成果{others}",
        ),
        Text("Find out whose it is before you publish the listing", "请在发布挂牌前核实其归属"),
        PATENT_LAW.art("9"),
    )


def _secrecy(facts: ListingFacts) -> Sequence[Finding]:
    if facts.secrecy == Secrecy.NONE:
        return []
    what = {
        Secrecy.STATE_SECRET: ("a state secret", "国家秘密"),
        Secrecy.NATIONAL_SECURITY: ("national security", "国家安全"),
    }[facts.secrecy]
    return [
        Finding(
            "secrecy",
            "secrecy",
            Text(f"The result concerns {what[0]}; it is never listed", f"该成果涉及{what[1]},一律不得挂牌"),
            None,
            POLICY.art("2"),
        )
    ]


def _export(facts: ListingFacts) -> Sequence[Finding]:
    if facts.export_control != ExportControl.PROHIBITED:
        return []
    return [
        Finding(
            "export_prohibited",
            "export_control",
            Text(
                "The technology is prohibited from export, and a listing is open to every buyer",
                "该技术属于禁止出口技术,而挂牌面向所有受让方",
            ),
            None,
            EXPORT_RULES.art("chapter 3"),
        )
    ]


def _dead_assets(facts: ListingFacts, today: date) -> list[Finding]:
    findings = []
    for asset in facts.assets:
        if asset.invalidated_on is not None and asset.invalidated_on <= today:
            code, day, en, zh = "asset_invalidated", asset.invalidated_on, "was invalidated on", "已宣告无效,日期为"
        elif asset.expires_on is not None and asset.expires_on < today:
            code, day, en, zh = "asset_expired", asset.expires_on, "expired on", "已届满,到期日为"
        else:
            continue
        # Article 876 applies the rules on patents to layout designs, plant varieties, software and the rest.
        patent = asset.type in PATENTS
        findings.append(
            Finding(
                code,
                f"ip_assets.{asset.position}",
                Text(
                    f"{asset.type} “{asset.title}” {en} {day}; it can be neither licensed nor assigned",
                    f"{asset.type}《{asset.title}》{zh} {day},不得许可或转让",
                ),
                Text("Remove that asset from the result", "请从成果中移除该项"),
                CIVIL_CODE.art("865" if patent else "865, 876"),
            )
        )
    return findings


def _consents(facts: ListingFacts, mode: TransferMode) -> list[Finding]:
    """A co-owner alone may grant an ordinary licence; anything else, or a seller who owns nothing, needs all others."""
    own = {owner.organisation_id for owner in facts.owners}
    if mode == TransferMode.ORDINARY_LICENCE and facts.seller_id in own:
        return []
    return [
        Finding(
            "consent_missing",
            f"owners.{position}",
            Text(
                f"{owner.name} owns {owner.share} and has not consented to {mode}",
                f"{owner.name} 持有 {owner.share},尚未同意以 {mode} 方式转化",
            ),
            Text("Record the co-owner's consent to this mode", "请登记该共有人对此方式的同意"),
            PATENT_LAW.art("14"),
        )
        for position, owner in enumerate(facts.owners)
        if owner.organisation_id != facts.seller_id and (owner.organisation_id, mode) not in facts.consents
    ]


def as_error(finding: Finding) -> FieldError:
    """A finding as one of the `errors` of a refusal, article included."""
    rule = finding.rule
    en, zh = rule.as_json("en"), rule.as_json("zh")
    reason = Text(
        f"{finding.reason.en} ({en['instrument']}, art. {en['article']})",
        f"{finding.reason.zh}({zh['instrument']}第{zh['article']}条)",
    )
    return FieldError(finding.field, finding.code, reason, finding.remedy)
