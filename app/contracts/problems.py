"""The refusals of contracts; those of registration and payments lie beside them."""

from typing import Final

from app.core.problems import ProblemType, Text
from app.law.instruments import CIVIL_CODE

SELLER: Final = Text("a seller of the contract", "合同卖方")
SIGNER: Final = Text("a seller or buyer of the contract", "合同卖方或者买方")

PARTY_ONLY = ProblemType(
    "contract_party_only",
    403,
    Text("Not your side", "不是该方"),
    Text("This is done by {side}; your organisation is not one.", "此操作由{side}进行;贵组织不是。"),
)
DEAL_NOT_LIVE = ProblemType(
    "deal_not_live",
    409,
    Text("Deal is over", "交易已终止"),
    Text("The deal is {status}; no contract is made on it.", "该交易状态为 {status},不得再订立合同。"),
)
CONTRACT_NOT_DRAFT = ProblemType(
    "contract_not_draft",
    409,
    Text("Contract is not a draft", "合同不是草稿"),
    Text("The contract is {status}; this needs a draft.", "合同状态为 {status};此操作须为草稿。"),
    Text(
        "A signed contract is amended only after its registration was refused.",
        "已签署的合同仅在登记不予通过后可以修改。",
    ),
)
CONTRACT_NOT_SIGNED = ProblemType(
    "contract_not_signed",
    409,
    Text("Contract is not signed", "合同未签署"),
    Text("The contract is {status}; this needs a signed one.", "合同状态为 {status};此操作须为已签署的合同。"),
    Text("Have every seller and buyer sign it first.", "请先由全部卖方与买方签署。"),
)
ALREADY_SIGNED = ProblemType(
    "contract_already_signed",
    409,
    Text("Already signed", "已经签署"),
    Text("Your organisation signed on {signed_on}.", "贵组织已于 {signed_on} 签署。"),
)
TECHNICAL_ABOVE_TOTAL = ProblemType(
    "technical_above_total",
    422,
    Text("Technical amount above the total", "技术交易额高于成交额"),
    Text(
        "The technical amount {technical} is above the total {total}.",
        "技术交易额 {technical} 高于合同成交额 {total}。",
    ),
    Text("Give at most {total}.", "至多为 {total}。"),
)
DEDUCTIONS_ABOVE_TOTAL = ProblemType(
    "deductions_above_total",
    422,
    Text("Deductions above the total", "扣除额高于成交额"),
    Text("The deductions sum to {deductions}, above the total {total}.", "扣除合计 {deductions},高于成交额 {total}。"),
    Text("Deduct at most {total}.", "扣除合计至多 {total}。"),
)
TECHNICAL_MISMATCH = ProblemType(
    "technical_amount_mismatch",
    422,
    Text("Technical amount does not add up", "技术交易额不符"),
    Text(
        "Total {total} less deductions {deductions} is {expected}, not {technical}.",
        "成交额 {total} 减扣除 {deductions} 为 {expected},而非 {technical}。",
    ),
    Text("Give {expected}, or correct the deductions.", "请填 {expected},或更正扣除明细。"),
)
SHARES_NOT_ONE = ProblemType(
    "contract_shares_not_one",
    422,
    Text("Shares do not sum to 1", "份额之和不为 1"),
    Text("The shares sum to {sum}.", "份额之和为 {sum}。"),
    Text(
        "Make them sum to 1 exactly; {difference} is the difference. Equal thirds are 0.333334, 0.333333 and 0.333333.",
        "份额之和须恰为 1,相差 {difference}。三方均分为 0.333334、0.333333、0.333333。",
    ),
)
NAMED_TWICE = ProblemType(
    "contract_party_twice",
    422,
    Text("Named twice", "重复列出"),
    Text("{id} is named twice.", "{id} 重复列出。"),
    Text("Name each once, with one share.", "每一方只列一次,给出一个份额。"),
)
NOT_OF_THE_DEAL = ProblemType(
    "party_not_of_deal",
    422,
    Text("Not a party of the deal", "不是交易当事方"),
    Text("{id} is not a {role} of the deal.", "{id} 不是该交易的 {role}。"),
    Text("Name only parties of the deal, in the role they have there.", "只列该交易的当事方,角色一致。"),
)
SHARE_NOT_OF_THE_DEAL = ProblemType(
    "share_not_of_deal",
    422,
    Text("Share differs from the deal's", "份额与交易不一致"),
    Text("The deal gives {id} {expected}, not {share}.", "交易约定 {id} 的份额为 {expected},而非 {share}。"),
    Text(
        "Give {expected}. Shares may differ only where the contract names a part of the deal's parties.",
        "请填 {expected}。仅当合同只列交易的部分当事方时份额可不同。",
    ),
)
AGENCY_SERVICE_NEEDED = ProblemType(
    "agency_service_needed",
    422,
    Text("Agency's service missing", "缺少中介服务内容"),
    Text(
        "A contract that names an agency says which role it played.",
        "列明技术转移机构的合同须写明其服务内容。",
    ),
    Text("Give `agency_service`.", "请填写 `agency_service`。"),
)
AGENCY_SERVICE_WITHOUT_AGENCY = ProblemType(
    "agency_service_without_agency",
    422,
    Text("Service without an agency", "有服务内容而无机构"),
    Text("No agency is named.", "未列技术转移机构。"),
    Text("Name the agency, or leave `agency_service` out.", "请列明机构,或删去 `agency_service`。"),
)
BROKER_NOT_EMPLOYED = ProblemType(
    "broker_not_employed",
    422,
    Text("Broker not of the agency", "经纪人不属于该机构"),
    Text(
        "Broker {broker} was not certified and employed by the agency on {day}.",
        "经纪人 {broker} 于 {day} 未持证或未受聘于该机构。",
    ),
    Text(
        "Name brokers whom the agency employed on the signing date, holding a certificate.",
        "请列签订日持证并受聘于该机构的经纪人。",
    ),
)
TYPE_NOT_OF_MODE = ProblemType(
    "contract_type_unfit",
    422,
    Text("Contract type does not fit the deal", "合同类型与转化方式不符"),
    Text("A deal by {mode} is not put in a {type} contract.", "以 {mode} 方式的交易不订立 {type} 合同。"),
    Text("One of: {allowed}.", "可选:{allowed}。"),
    CIVIL_CODE.art("851, 862, 878"),
)
TOTAL_ABOVE_PRICE = ProblemType(
    "total_above_price",
    422,
    Text("Contracts above the deal's price", "合同总额高于成交价"),
    Text(
        "The deal's price is {price}; its other contracts take {others}, this one {total}.",
        "成交价 {price};其他合同已占 {others},本合同 {total}。",
    ),
    Text("Give a total of at most {most}.", "成交额至多 {most}。"),
)
BELOW_PAID = ProblemType(
    "below_paid",
    422,
    Text("Below what was paid", "低于已付金额"),
    Text("{paid} was paid already; {amount} is below it.", "已付 {paid};{amount} 低于已付金额。"),
    Text("Give at least {paid}.", "至少为 {paid}。"),
)
PAID_PARTY_MISSING = ProblemType(
    "paid_party_missing",
    422,
    Text("A party with payments is missing", "缺少已有收付款的当事方"),
    Text("{id} paid or received money on this contract.", "{id} 在本合同上已有收付款。"),
    Text("Keep it among the {side}.", "请在 {side} 中保留该当事方。"),
)
IN_FUTURE = ProblemType(
    "contract_date_in_future",
    422,
    Text("In the future", "时间在未来"),
    Text("{name} {at} is after the exchange's clock, {now}.", "{name} {at} 晚于交易所时钟 {now}。"),
    Text("Give {name} not after {now}.", "{name} 不得晚于 {now}。"),
)
