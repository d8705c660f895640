"""The certificate on paper."""

from collections.abc import Sequence
from typing import Final

from app.catalogue.rights.schemas import SealedAsset
from app.contracts.certificates.models import Certificate
from app.contracts.certificates.schemas import CertificateContent, CertifiedParty, CertifiedPrice
from app.office.printing.blocks import Block, Fields, Grid, Heading, Printed, Prose, QrCode

TITLE = "技术交易凭证 Transaction Certificate"
NAMES: Final = {
    "assignment": "转让 assignment",
    "exclusive_licence": "独占许可 exclusive licence",
    "sole_licence": "排他许可 sole licence",
    "ordinary_licence": "普通许可 ordinary licence",
    "equity_contribution": "作价入股 equity contribution",
    "commissioned_development": "委托开发 commissioned development",
    "joint_development": "合作开发 joint development",
    "consulting": "技术咨询 consulting",
    "service": "技术服务 service",
    "negotiated": "协议定价 negotiated price",
    "listed": "挂牌交易 listed price",
    "auction": "拍卖 auction",
    "appraised": "资产评估 appraised price",
    "lump_sum": "一次总付 lump sum",
    "instalments": "分期支付 instalments",
    "royalty": "提成支付 royalty",
    "royalty_with_entry_fee": "提成支付附加入门费 royalty with entry fee",
    "fixed": "全部确定 fixed",
    "fixed_and_contingent": "确定部分,另有或有部分 certain part, contingent money besides",
    "contingent": "或有 contingent",
    "unknown": "待定 to be found",
    "none": "无价款 none",
}


def _named(value: str) -> str:
    return NAMES[value]


def certificate(row: Certificate, public_url: str) -> Printed:
    """A certificate as it is printed; a revoked one says so across the page."""
    content = CertificateContent.model_validate_json(row.content)
    address = f"{public_url.rstrip('/')}/v1/certificates/verify/{content.verification_code}"
    return Printed(
        title=TITLE,
        subtitle=f"{content.number}    出具日期 Issued on {content.issued_on}",
        blocks=[*_body(content), *_verification(content, address)],
        footer=[f"核验码 Verification code: {content.verification_code}", f"SHA-256: {row.sha256}"],
        mark="已撤销 REVOKED" if row.revocation else "",
    )


def _body(content: CertificateContent) -> list[Block]:
    replaced = [("更正并替代 Corrects and replaces", content.replaces)] if content.replaces else []
    return [
        Fields(
            [
                ("项目编号 Project number", content.project_number),
                ("成交编号 Deal number", content.deal_number),
                ("挂牌起止日期 Listed", f"{content.listed_from} – {content.listed_until}"),
                ("标的 Subject", content.subject),
                ("转化方式 Mode of transfer", _named(content.transfer_mode)),
                ("定价方式 Pricing", _named(content.pricing_mode)),
                ("评估 Appraisal", _appraisal(content)),
                *replaced,
            ]
        ),
        Heading("交易双方 Parties"),
        _parties(content.sellers, content.buyers),
        *_assets(content.assets or []),
        Heading("合同 Contracts"),
        Grid(
            ["编号 Number", "名称 Name", "付款方式 Payment", "签约日期 Signed"],
            [[row.number, row.name, _named(row.payment_terms), str(row.signed_on)] for row in content.contracts],
            (3, 4, 4, 2),
        ),
        Heading("价款 Price (CNY)"),
        Fields(
            [
                ("成交价款 Price", f"{content.price.amount:.2f} ({_named(content.price.basis)})"),
                ("货币价款 In money", f"{content.price.cash:.2f}"),
                ("已到账 Arrived", _arrived(content.price)),
            ]
        ),
        Heading("结论 Conclusion"),
        Prose(f"{content.conclusion.zh}\n{content.conclusion.en}"),
    ]


def _verification(content: CertificateContent, address: str) -> list[Block]:
    return [
        QrCode(
            address,
            [
                f"核验码 Verification code: {content.verification_code}",
                address,
                "以核验结果为准:打印后可能被撤销。 The answer there counts: it may have been revoked since.",
            ],
        )
    ]


def _arrived(price: CertifiedPrice) -> str:
    ways = f"经本所 through the exchange {price.through_exchange:.2f}, 直接支付 directly {price.direct:.2f}"
    return f"{price.arrived:.2f} ({ways})"


def _appraisal(content: CertificateContent) -> str:
    if content.appraisal is None:
        return "无 none"
    found = content.appraisal
    return f"{found.number}, {found.appraiser}, {found.base_date}: {found.value:.2f} CNY"


def _assets(assets: Sequence[SealedAsset]) -> list[Block]:
    if not assets:
        return []
    rows = [
        [asset.title, asset.grant_number or asset.application_number or "–", "、".join(asset.holders)]
        for asset in assets
    ]
    return [Heading("知识产权 Rights"), Grid(["名称 Title", "编号 Number", "权利人 Holders"], rows, (5, 4, 5))]


def _parties(sellers: Sequence[CertifiedParty], buyers: Sequence[CertifiedParty]) -> Grid:
    sides = [("转让方 Seller", row) for row in sellers] + [("受让方 Buyer", row) for row in buyers]
    rows = [[side, row.name, row.uscc or "–", f"{row.share.normalize():f}"] for side, row in sides]
    return Grid(
        ["身份 Side", "名称 Name", "统一社会信用代码 Credit code", "份额 Share"], rows, (3, 5, 5, 2), frozenset({3})
    )
