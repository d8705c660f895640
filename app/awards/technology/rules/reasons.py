"""Why something earns nothing: stable codes, both languages, and the parameter whose article backs each."""

from dataclasses import dataclass
from types import MappingProxyType

from app.awards.technology.kinds import ExclusionCode
from app.contracts.kinds import ReversalKind


@dataclass(frozen=True)
class Reason:
    """The wording of a code, and the programme's figure or stated rule behind it; facts fill the words in braces."""

    basis: str
    en: str
    zh: str


@dataclass(frozen=True)
class Fault:
    """A code with what it says in this case; `counterparty_id` is the other party where the fault is not one's own."""

    code: ExclusionCode
    details: tuple[tuple[str, str], ...] = ()
    counterparty_id: str | None = None

    @property
    def basis(self) -> str:
        """The programme's figure or stated rule that backs the refusal."""
        return REASONS[self.code].basis

    @property
    def en(self) -> str:
        """The reason in English."""
        return REASONS[self.code].en.format(**dict(self.details))

    @property
    def zh(self) -> str:
        """The reason in Chinese."""
        return REASONS[self.code].zh.format(**dict(self.details))


TAKEN_BACK = MappingProxyType(
    {
        ReversalKind.RETURNED_BY_BANK: ExclusionCode.PAYMENT_REVERSED,
        ReversalKind.REFUNDED: ExclusionCode.PAYMENT_REFUNDED,
        ReversalKind.RECORDED_WRONGLY: ExclusionCode.PAYMENT_NEVER_WAS,
    }
)
REASONS = MappingProxyType(
    {
        ExclusionCode.CONTRACT_TYPE: Reason(
            "contract_types",
            "a {type} contract is registered but earns no award; eligible: {eligible}",
            "{type} 类技术合同可以登记,但不予奖励;可奖励类别:{eligible}",
        ),
        ExclusionCode.NOT_REGISTERED: Reason(
            "registration_deadline",
            "the contract is not registered with a number",
            "合同未办理技术合同认定登记或者没有登记编号",
        ),
        ExclusionCode.REGISTERED_LATE: Reason(
            "registration_deadline",
            "registered on {day}, after the last day of the award year",
            "合同于 {day} 登记,晚于奖励年度最后一日",
        ),
        ExclusionCode.CANCELLED: Reason(
            "registration_deadline",
            "the contract was cancelled on {day}, before the award year ended",
            "合同已于 {day} 撤销或者解除,早于奖励年度结束",
        ),
        ExclusionCode.PAYMENT_REVERSED: Reason(
            "base", "the bank reversed the payment on {day}", "该笔款项已于 {day} 被银行退回"
        ),
        ExclusionCode.PAYMENT_REFUNDED: Reason(
            "base", "the payee paid the payment back on {day}", "该笔款项已于 {day} 由收款方退还"
        ),
        ExclusionCode.PAYMENT_NEVER_WAS: Reason(
            "base",
            "the payment was recorded wrongly: no such money was received",
            "该笔收款系误记,已经更正,款项并未到账",
        ),
        ExclusionCode.PAYER_NOT_BUYER: Reason(
            "checks", "the money came from {payer}, who is not a buyer of the contract", "付款方 {payer} 不是合同买方"
        ),
        ExclusionCode.NO_TECHNICAL_PART: Reason(
            "unstated_technical_part", "the payment has no technical part", "该笔款项不含技术交易额"
        ),
        ExclusionCode.NOT_INVOICED: Reason(
            "base", "no numbered invoice covers the payment", "该笔款项没有带号码的发票"
        ),
        ExclusionCode.TECHNICAL_AMOUNT_EXHAUSTED: Reason(
            "base",
            "earlier payments used up the registered technical amount of CNY {technical_amount}",
            "此前的款项已用完登记的技术交易额 {technical_amount} 元",
        ),
        ExclusionCode.BUYER_KIND: Reason(
            "buyer_kinds",
            "buyer {name} is a {kind}, not one of: {eligible}",
            "买方 {name} 的类型为 {kind},不属于:{eligible}",
        ),
        ExclusionCode.BUYER_NOT_RESIDENT: Reason(
            "residence_day",
            "buyer {name} had its seat in {division} on {day}, outside {prefix}",
            "买方 {name} 在 {day} 的所在地为 {division},不在 {prefix} 范围内",
        ),
        ExclusionCode.SELLER_KIND: Reason(
            "seller_kinds",
            "seller {name} is a {kind}, not one of: {eligible}",
            "卖方 {name} 的类型为 {kind},不属于:{eligible}",
        ),
        ExclusionCode.SELLER_NOT_RESIDENT: Reason(
            "residence_day",
            "seller {name} had its seat in {division} on {day}, outside {prefix}",
            "卖方 {name} 在 {day} 的所在地为 {division},不在 {prefix} 范围内",
        ),
        ExclusionCode.RELATED_PARTY: Reason(
            "checks",
            "buyer {buyer} and seller {seller} are related: {relation}",
            "买方 {buyer} 与卖方 {seller} 是关联方:{relation}",
        ),
        ExclusionCode.AGENCY_KIND: Reason(
            "agency_qualities",
            "agency {name} is a {kind}, not one of: {eligible}",
            "机构 {name} 的类型为 {kind},不属于:{eligible}",
        ),
        ExclusionCode.AGENCY_QUALITY: Reason(
            "agency_qualities",
            "{name} did not have the quality {eligible} on {day}, when the contract was signed",
            "{name} 在合同签订日 {day} 不具备资质：{eligible}",
        ),
        ExclusionCode.AGENCY_NOT_RESIDENT: Reason(
            "residence_day",
            "agency {name} had its seat in {division} on {day}, outside {prefix}",
            "机构 {name} 在 {day} 的所在地为 {division},不在 {prefix} 范围内",
        ),
        ExclusionCode.AGENCY_NOT_NAMED: Reason(
            "checks", "the contract does not name {name} and its role", "合同没有载明 {name} 及其作用"
        ),
        ExclusionCode.REWARDED_ELSEWHERE: Reason(
            "checks", "{name} was already rewarded for this payment elsewhere", "{name} 已就该笔款项获得其他奖励"
        ),
        ExclusionCode.NO_BROKER_RECORDED: Reason(
            "broker_minimum_share",
            "no broker of {name} is recorded on the contract: the brokers' part is held until one is",
            "合同未登记 {name} 的技术经纪人:经纪人部分待登记后发放",
        ),
    }
)
