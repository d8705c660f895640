"""Pure decision whether a result may be listed in a mode of transfer, with every reason why not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from app.catalogue.results.kinds import PATENTS, ExportControl, IpType, Secrecy, TransferMode
from app.catalogue.results.problems import RESULT_NOT_LISTABLE
from app.catalogue.rights.kinds import AssetStatus
from app.catalogue.rights.rules.exclusion import DISPOSALS, Granted, in_the_way, subject_to
from app.catalogue.rights.rules.standing import Recorded, standing
from app.core.problems import FieldError, Rule, Text
from app.law.instruments import (
    CIVIL_CODE,
    EXPORT_RULES,
    PATENT_LAW,
    POLICY,
    PROGRESS_LAW,
    TECHNOLOGY_INTERPRETATION,
)

__all__ = ["DISPOSALS", "AssetFacts", "Finding", "ListingFacts", "OwnerFacts", "as_error", "listability", "notes_on"]


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
    asset_id: UUID | None = None
    events: tuple[Recorded, ...] = ()
    grants: tuple[Granted, ...] = ()
    """What was recorded of the right, and what was granted in it and runs."""


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
    field_of_use: str | None = None
    territory: str | None = None
    """What the listing offers; null: every field, everywhere."""

    def wanted(self, mode: TransferMode, today: date) -> Granted:
        """The grant that a listing in this mode offers."""
        seller = frozenset({self.seller_id})
        return Granted(mode, seller, frozenset(), self.field_of_use, self.territory, today, None)


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
        *(_assets_not_free(facts, transfer_mode, today) if transfer_mode in DISPOSALS else []),
        *(_consents(facts, transfer_mode) if transfer_mode in DISPOSALS else []),
    ]


def refuse_unlistable(facts: ListingFacts, transfer_mode: TransferMode, today: date) -> None:
    """Raises `result_not_listable` with each reason among its `errors`, article included."""
    reasons = listability(facts, transfer_mode, today)
    if reasons:
        raise RESULT_NOT_LISTABLE(errors=[as_error(reason) for reason in reasons], count=len(reasons))


def notes_on(facts: ListingFacts, mode: TransferMode, today: date, *, for_staff: bool) -> list[Finding]:
    """What does not forbid listing, but must be looked into or binds the later contract.

    Staff alone are told which results of others hold the same patent.
    """
    notes = [_claimed_twice(asset, for_staff=for_staff) for asset in facts.assets if asset.also_in]
    wanted = facts.wanted(mode, today)
    notes += [_with_licences(asset, len(held)) for asset in facts.assets if (held := subject_to(wanted, asset.grants))]
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


def _with_licences(asset: AssetFacts, count: int) -> Finding:
    return Finding(
        "subject_to_licences",
        f"ip_assets.{asset.position}",
        Text(
            f"“{asset.title}” is under {count} licence(s); who acquires it takes it with them",
            f"《{asset.title}》上有 {count} 项许可,受让后仍受其约束",
        ),
        None,
        TECHNOLOGY_INTERPRETATION.art("24"),
    )


_DEAD = {
    AssetStatus.INVALIDATED: ("asset_invalidated", "was invalidated on", "已宣告无效,日期为"),
    AssetStatus.EXPIRED: ("asset_expired", "expired on", "已届满,到期日为"),
    AssetStatus.LAPSED: ("asset_lapsed", "lapsed on", "已终止,日期为"),
}


def _assets_not_free(facts: ListingFacts, mode: TransferMode, today: date) -> list[Finding]:
    """Why the rights themselves cannot be disposed of: none is stated, one is dead, pledged, or granted already."""
    if not facts.assets:
        return [
            Finding(
                "asset_missing",
                "ip_assets",
                Text("The result states no right that could be sold", "该成果未载明可供处分的知识产权"),
                Text("Record its patents, or the technical secret", "请登记其专利或者技术秘密"),
                CIVIL_CODE.art("862"),
            )
        ]
    return [finding for asset in facts.assets for finding in _asset_not_free(facts, asset, mode, today)]


def _asset_not_free(facts: ListingFacts, asset: AssetFacts, mode: TransferMode, today: date) -> list[Finding]:
    field = f"ip_assets.{asset.position}"
    stands = standing(asset.events, asset.expires_on, today)
    status, day = stands.status, stands.since
    if asset.invalidated_on is not None and asset.invalidated_on <= today:
        status, day = AssetStatus.INVALIDATED, asset.invalidated_on
    if status in _DEAD:
        code, en, zh = _DEAD[status]
        # Article 876 applies the rules on patents to layout designs, plant varieties, software and the rest.
        return [
            Finding(
                code,
                field,
                Text(
                    f"{asset.type} “{asset.title}” {en} {day}; it can be neither licensed nor assigned",
                    f"{asset.type}《{asset.title}》{zh} {day},不得许可或转让",
                ),
                Text("Remove that asset from the result", "请从成果中移除该项"),
                CIVIL_CODE.art("865" if asset.type in PATENTS else "865, 876"),
            )
        ]
    found = [
        Finding(
            "asset_pledged",
            field,
            Text(
                f"“{asset.title}” has been pledged since {pledge.day}", f"《{asset.title}》自 {pledge.day} 起设有质权"
            ),
            Text("Record the release of the pledge", "请登记质权解除"),
            CIVIL_CODE.art("444"),
        )
        for pledge in stands.pledges
    ]
    return found + [
        Finding(
            "asset_granted",
            field,
            Text(
                f"“{asset.title}” is under {grant.mode} from {grant.first} to {grant.last or 'no end'}",
                f"《{asset.title}》已设定 {grant.mode},自 {grant.first} 至 {grant.last or '无固定期限'}",
            ),
            Text(
                "Offer another mode, field of use or territory, or wait until it ends",
                "请以其他方式、使用领域或地域提供,或待其终止",
            ),
            TECHNOLOGY_INTERPRETATION.art("24, 25"),
        )
        for grant in in_the_way(facts.wanted(mode, today), asset.grants)
    ]


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
