"""The names of facts in Chinese, for print; a fact that has none here is printed by its key."""

from collections.abc import Mapping

FACTS: Mapping[str, str] = {
    "accepted_on": "受理日期",
    "after": "变更后",
    "agreed_at": "达成时间",
    "allocation": "分配方式",
    "answer": "答复",
    "appraiser_id": "评估机构",
    "approved_by": "审批单位",
    "approved_on": "审批日期",
    "asking_price": "挂牌价(元)",
    "base_date": "评估基准日",
    "before": "变更前",
    "buyers": "买方",
    "changed": "与上一版的差异",
    "closes_on": "截止日期",
    "contract_due_at": "签约期限",
    "decision_due_on": "决定期限",
    "detail": "事项内容",
    "ends_at": "截止时间",
    "expires_at": "要约有效期至",
    "field": "项目",
    "first_day": "首日",
    "kind": "类别",
    "lapses_at": "期满时间",
    "last_day": "末日",
    "listing_version": "挂牌版本",
    "lowest_price": "最低价(元)",
    "message": "附言",
    "method": "评估方法",
    "negotiation": "协商编号",
    "notice": "公示编号",
    "number": "编号",
    "offer_number": "要约序号",
    "organisation_id": "组织",
    "origin": "来源",
    "outcome": "结果",
    "parties": "当事方",
    "price": "价款(元)",
    "price_basis": "价款性质",
    "pricing_mode": "定价方式",
    "published_on": "公布日期",
    "question": "提问",
    "reason": "理由",
    "reference": "依据文件",
    "regime": "适用办法",
    "registration": "登记编号",
    "related_party": "关联关系认定",
    "revision": "修订号",
    "role": "身份",
    "sha256": "SHA-256",
    "share": "份额",
    "source_url": "来源网址",
    "statement": "决定说明",
    "status": "状态",
    "status_reason": "状态说明",
    "subject": "标的",
    "technical_amount": "技术交易额(元)",
    "terms_sha256": "条款 SHA-256",
    "territory": "地域",
    "title": "名称",
    "total_amount": "合同成交额(元)",
    "transfer_mode": "转化方式",
    "type": "类型",
    "valid_until": "有效期至",
    "value": "评估值(元)",
    "version": "版本",
}
CAPACITIES: Mapping[str, str] = {
    "seller": "卖方",
    "buyer": "买方",
    "agency": "中介机构",
    "registrant": "意向受让方",
    "bidder": "竞买人",
    "appraiser": "评估机构",
    "holder": "权利人",
    "objector": "异议人",
    "asker": "提问方",
    "operator": "运营方",
    "registrar": "登记员",
    "award_officer": "奖补审核员",
    "auditor": "审计员",
    "exchange": "交易所规则",
    "time": "期限届满",
}


VALUES: Mapping[str, str] = {
    "negotiated": "协议定价",
    "listed": "挂牌交易",
    "auction": "拍卖",
    "appraised": "评估定价",
    "first_come": "先到先得",
    "assignment": "转让",
    "exclusive_licence": "独占许可",
    "sole_licence": "排他许可",
    "ordinary_licence": "普通许可",
    "equity_contribution": "作价投资",
    "commissioned_development": "委托开发",
    "joint_development": "合作开发",
    "fixed": "全部确定",
    "fixed_and_contingent": "部分确定、部分视情形",
    "contingent": "视情形",
    "unknown": "尚未确定",
    "none": "无价款",
    "exchange": "交易所成交",
    "recorded": "场外成交",
    "upheld": "异议成立",
    "dismissed": "异议不成立",
    "cleared": "已办结",
    "lapsed": "期满",
    "refused": "不予同意",
    "first_refusal": "优先受让权",
    "co_owner_consent": "共有人同意",
    "co_buyer_consent": "联合买方同意",
    "related_party_approval": "关联交易审批",
    "restricted_export": "限制出口许可",
    "foreign_approval": "向境外转让审批",
    "patent_in_force": "专利有效",
    "seller": "卖方",
    "buyer": "买方",
    "agency": "中介机构",
    "cost": "成本法",
    "market": "市场法",
    "income": "收益法",
    "notice": "公示",
    "source": "公开来源",
}
"""The codes of the API in Chinese, wherever one stands alone."""
CODED = frozenset(
    {"pricing_mode", "transfer_mode", "allocation", "price_basis", "origin", "outcome", "kind", "role", "method"}
)


def value(name: str, text: str) -> str:
    """A fact's value for print: a code with its name in Chinese before it, any other text as it is."""
    return f"{VALUES[text]} {text}" if name in CODED and text in VALUES else text


def label(name: str) -> str:
    """A fact's name for print."""
    return FACTS.get(name, name.replace("_", " "))


def capacity(name: str) -> str:
    """In what capacity somebody acted or reads, in both languages."""
    return f"{CAPACITIES.get(name, name)}\n{name.replace('_', ' ')}"
