"""The refusals of contracts; those of registration and payments stand in their own packages."""

from typing import Final

from app.core.problems import ProblemType, Text
from app.law.instruments import CIVIL_CODE

SELLER: Final = Text("a seller of the contract", "合同卖方")
SIGNER: Final = Text("a seller or buyer of the contract", "合同卖方或者买方")

PARTY_ONLY = ProblemType(
    "contract_party_only",
    403,
    Text("Not allowed for your organisation", "无权办理"),
    Text("Only {side} may do this. Your organisation is not one.", "该操作仅限{side}办理，贵单位不是{side}。"),
)
DEAL_NOT_LIVE = ProblemType(
    "deal_not_live",
    409,
    Text("Deal has ended", "交易已终止"),
    Text("The deal is {status}. No contract can be made for it.", "该交易状态为 {status},不得再订立合同。"),
)
CONTRACT_NOT_DRAFT = ProblemType(
    "contract_not_draft",
    409,
    Text("Contract is not a draft", "合同不是草稿"),
    Text("The contract is {status}. This step needs a draft.", "合同状态为 {status};此操作须为草稿。"),
    Text(
        "Amend a signed contract only after its registration was refused.", "已签署的合同仅在登记不予通过后可以修改。"
    ),
)
CONTRACT_NOT_SIGNED = ProblemType(
    "contract_not_signed",
    409,
    Text("Contract is not signed", "合同未签署"),
    Text(
        "The contract is {status}. This step needs a signed contract.", "合同状态为 {status};此操作须为已签署的合同。"
    ),
    Text("Have every seller and buyer sign the contract first.", "请先由全部卖方与买方签署。"),
)
ALREADY_SIGNED = ProblemType(
    "contract_already_signed",
    409,
    Text("Already signed", "已经签署"),
    Text("Your organisation signed the contract on {signed_on}.", "贵组织已于 {signed_on} 签署。"),
)
TECHNICAL_ABOVE_TOTAL = ProblemType(
    "technical_above_total",
    422,
    Text("Technical amount exceeds the total", "技术交易额高于成交额"),
    Text(
        "The technical amount {technical} exceeds the total {total}.", "技术交易额 {technical} 高于合同成交额 {total}。"
    ),
    Text("Send a technical amount of at most {total}.", "技术交易额不得超过{total}元。"),
)
DEDUCTIONS_ABOVE_TOTAL = ProblemType(
    "deductions_above_total",
    422,
    Text("Deductions exceed the total", "扣除额高于成交额"),
    Text(
        "The deductions sum to {deductions} and exceed the total {total}.", "扣除合计 {deductions},高于成交额 {total}。"
    ),
    Text("Send deductions that sum to at most {total}.", "扣除合计不得超过{total}元。"),
)
TECHNICAL_MISMATCH = ProblemType(
    "technical_amount_mismatch",
    422,
    Text("Technical amount does not add up", "技术交易额不符"),
    Text(
        "The total {total} less the deductions {deductions} is {expected}, not {technical}.",
        "成交额 {total} 减扣除 {deductions} 为 {expected},而非 {technical}。",
    ),
    Text("Send {expected}, or correct the deductions.", "请填 {expected},或更正扣除明细。"),
)
SHARES_NOT_ONE = ProblemType(
    "contract_shares_not_one",
    422,
    Text("Shares do not sum to 1", "份额之和不为 1"),
    Text("The shares sum to {sum}.", "份额之和为 {sum}。"),
    Text(
        "Send shares that sum to exactly 1. The difference is {difference}. Equal thirds are 0.333334, 0.333333 and "
        "0.333333.",
        "请使份额之和等于1，目前相差{difference}。三方均分为 0.333334、0.333333、0.333333。",
    ),
)
NAMED_TWICE = ProblemType(
    "contract_party_twice",
    422,
    Text("Named twice", "重复列出"),
    Text("{id} is named twice.", "{id} 重复列出。"),
    Text("Name each party once, with one share.", "每一方只列一次,给出一个份额。"),
)
NOT_OF_THE_DEAL = ProblemType(
    "party_not_of_deal",
    422,
    Text("Not a party of the deal", "不是交易当事方"),
    Text("{id} does not belong to the deal as {role}.", "{id} 不是该交易的 {role}。"),
    Text("Name only parties of the deal, in the role that they have in it.", "只列该交易的当事方,角色一致。"),
)
SHARE_NOT_OF_THE_DEAL = ProblemType(
    "share_not_of_deal",
    422,
    Text("Share differs from the deal's", "份额与交易不一致"),
    Text(
        "The share of {id} in the deal is {expected}, not {share}.", "交易约定 {id} 的份额为 {expected},而非 {share}。"
    ),
    Text(
        "Send {expected}. Shares may differ from the deal only if the contract names some of its parties.",
        "请填 {expected}。仅当合同只列交易的部分当事方时份额可不同。",
    ),
)
AGENCY_SERVICE_NEEDED = ProblemType(
    "agency_service_needed",
    422,
    Text("Service of the agency missing", "缺少中介服务内容"),
    Text("A contract that names an agency must describe its service.", "列明技术转移机构的合同须写明其服务内容。"),
    Text("Send `agency_service`.", "请填写 `agency_service`。"),
)
AGENCY_SERVICE_WITHOUT_AGENCY = ProblemType(
    "agency_service_without_agency",
    422,
    Text("Service without an agency", "有服务内容而无机构"),
    Text("The contract describes an agency's service but names no agency.", "未列技术转移机构。"),
    Text("Name the agency, or leave `agency_service` out.", "请列明机构,或删去 `agency_service`。"),
)
BROKER_NOT_EMPLOYED = ProblemType(
    "broker_not_employed",
    422,
    Text("Broker does not belong to the agency", "经纪人不属于该机构"),
    Text(
        "On {day} broker {broker} had no certificate, was not employed by the agency, or the agency was none.",
        "经纪人 {broker} 于 {day} 未持证或者未受聘于该机构，或者该机构当日不具备技术转移机构资质。",
    ),
    Text(
        "Name certified brokers whom a technology-transfer agency employed on the signing date.",
        "请列签订日持证并受聘于技术转移机构的经纪人。",
    ),
)
TYPE_NOT_OF_MODE = ProblemType(
    "contract_type_unfit",
    422,
    Text("Contract type does not fit the deal", "合同类型与转化方式不符"),
    Text("A deal by {mode} cannot have a contract of the type {type}.", "以 {mode} 方式的交易不订立 {type} 合同。"),
    Text("Choose one of these types: {allowed}.", "请选择以下合同类型之一：{allowed}。"),
    CIVIL_CODE.art("851, 862, 878"),
)
TOTAL_ABOVE_PRICE = ProblemType(
    "total_above_price",
    422,
    Text("Contracts exceed the price of the deal", "合同总额高于成交价"),
    Text(
        "The price of the deal is {price}. Its other contracts sum to {others}, and this contract adds {total}.",
        "成交价 {price};其他合同已占 {others},本合同 {total}。",
    ),
    Text("Send a total of at most {most}.", "本合同金额不得超过{most}元。"),
)
BELOW_PAID = ProblemType(
    "below_paid",
    422,
    Text("Less than the amount already paid", "低于已付金额"),
    Text("{paid} is already paid. The amount {amount} is less than that.", "已付 {paid};{amount} 低于已付金额。"),
    Text("Send at least {paid}.", "金额不得少于{paid}元。"),
)
PAID_PARTY_MISSING = ProblemType(
    "paid_party_missing",
    422,
    Text("A party with payments is missing", "缺少已有收付款的当事方"),
    Text("{id} has paid or received money under this contract.", "{id} 在本合同上已有收付款。"),
    Text("Keep {id} among the {side}.", "请在 {side} 中保留该当事方。"),
)
IN_FUTURE = ProblemType(
    "contract_date_in_future",
    422,
    Text("Date is in the future", "时间在未来"),
    Text("{name} {at} is after the exchange's current time {now}.", "{name} {at} 晚于交易所时钟 {now}。"),
    Text("Send a {name} no later than {now}.", "请填写不晚于{now}的 {name}。"),
)
