"""The refusals of negotiations, their terms, notices and objections."""

from app.core.problems import ProblemType, Text
from app.law.instruments import CIVIL_CODE, CONVERSION_LAW, EXCHANGE_PRACTICE

PAYMENT_RULE = CIVIL_CODE.art("846")
NOTICE_RULE = CONVERSION_LAW.art("18")

NOT_NEGOTIATED = ProblemType(
    "not_negotiated",
    409,
    Text("Price is not negotiated", "非协议定价"),
    Text("The pricing mode of the listing is `{pricing_mode}`.", "该挂牌以 `{pricing_mode}` 定价。"),
    Text("Choose a listing with the `pricing_mode` `negotiated`.", "仅 `pricing_mode` 为 `negotiated` 的挂牌可协商。"),
)
NEGOTIATION_EXISTS = ProblemType(
    "negotiation_exists",
    409,
    Text("Negotiation already exists", "已在协商"),
    Text("Your organisation already negotiates on listing {number}.", "贵组织已就挂牌 {number} 展开协商。"),
    Text("Continue that negotiation, or withdraw it first.", "请继续该协商,或先撤回。"),
)
NEGOTIATION_NOT_OPEN = ProblemType(
    "negotiation_not_open",
    409,
    Text("Wrong state of the negotiation", "协商状态不允许此操作"),
    Text(
        "The negotiation is {status}. This step needs one that is {wanted}.",
        "协商状态为 {status};此操作须为 {wanted}。",
    ),
)
LEAD_ONLY = ProblemType(
    "lead_buyer_only",
    403,
    Text("Only for the lead buyer", "限牵头买方"),
    Text("Only the buyer who opened the negotiation acts for the joint buyers.", "由发起协商的买方代表各联合买方。"),
)
BUYER_NOT_AMONG = ProblemType(
    "buyer_not_among",
    422,
    Text("Your organisation is not a buyer", "不在买方之列"),
    Text("The buyers do not include your organisation.", "所列买方不含贵组织。"),
    Text("Name your own organisation with its share.", "请列入贵组织及其份额。"),
)
OFFER_REPLACED = ProblemType(
    "offer_replaced",
    409,
    Text("Offer was replaced", "该要约已被取代"),
    Text("You name offer {named}. The current offer is number {number} ({standing}).",
         "您所指要约为 {named};现行为第 {number} 号({standing})。"),
    Text("Read offer {standing}, and decide on its terms.", "请阅读要约 {standing} 后再作决定。"),
    CIVIL_CODE.art("488"),
)  # fmt: skip
OWN_OFFER = ProblemType(
    "own_offer",
    409,
    Text("Own offer", "己方要约"),
    Text("Your side made offer {number}. The other side accepts it.", "第 {number} 号要约由贵方发出,须由对方承诺。"),
    Text("Wait until the other side has answered, or until {expires_at}.", "请等待对方至 {expires_at}。"),
    CIVIL_CODE.art("479"),
)
NOTICE_MANDATORY = ProblemType(
    "notice_mandatory",
    409,
    Text("Public notice is mandatory", "不得免除公示"),
    Text("{seller} was founded by the state, or its founder is not known. A negotiated price must be published first.",
         "{seller} 为国家设立或设立情况不明:协议定价须先行公示。"),
    Text("Send `public_notice` true in the offer. The notice takes {days} days.",
         "请以 `public_notice` 为 true 发出要约;公示 {days} 日。"),
    NOTICE_RULE,
)  # fmt: skip
PARTS_DO_NOT_SUM = ProblemType(
    "parts_do_not_sum",
    422,
    Text("Parts do not sum to the total", "各部分之和与总额不符"),
    Text("The parts sum to {parts}. The total is {total}.", "各部分合计 {parts};总额为 {total}。"),
    Text(
        "Send parts that sum to {total}, or send a total of {parts}.",
        "请使各部分合计等于{total}元，或者将总额改为{parts}元。",
    ),
    PAYMENT_RULE,
)
TIERS_OUT_OF_ORDER = ProblemType(
    "tiers_out_of_order",
    422,
    Text("Tiers in the wrong order", "分档次序有误"),
    Text("The tiers begin at {tiers}.", "各档起点为 {tiers}。"),
    Text("Send tiers that begin at 0 and rise.", "请自0起递增填写各档起点。"),
    PAYMENT_RULE,
)
BOUNDS_OUT_OF_ORDER = ProblemType(
    "bounds_out_of_order",
    422,
    Text("Bounds in the wrong order", "上下限次序有误"),
    Text("The lower bound {lower} is above the upper bound {upper}.", "{lower} 高于 {upper}。"),
    Text("Send an upper bound of at least {lower}.", "请填写不低于{lower}的上限。"),
    PAYMENT_RULE,
)
NOT_ALONE = ProblemType(
    "payment_not_alone",
    422,
    Text("Payment parts cannot be combined", "各部分不能并存"),
    Text("A payment of the kind `{kind}` cannot be combined with others.", "`{kind}` 须单独约定,不得与其他付款并存。"),
    Text("Send `{kind}` alone, or leave it out.", "仅约定 `{kind}`,或不列该项。"),
    PAYMENT_RULE,
)
CONVERSION_MISMATCH = ProblemType(
    "conversion_mismatch",
    422,
    Text("Currency conversion is wrong", "折算不符"),
    Text("At the given rate {amount} {currency} are {total} CNY, not {stated} CNY.",
         "按所列汇率,{amount} {currency} 折合 {total} 元,而非 {stated} 元。"),
    Text("Send {total} as `total_cny`, or leave the rate out.", "`total_cny` 应为 {total},或不列汇率。"),
    PAYMENT_RULE,
)  # fmt: skip
BUNDLE_DOES_NOT_SUM = ProblemType(
    "bundle_does_not_sum",
    422,
    Text("The items do not sum to the price", "分项之和与价款不符"),
    Text("The items sum to {items}. The fixed price is {price}.", "分项合计 {items};确定价款为 {price}。"),
    Text("Send items that sum to {price}.", "请使分项合计等于{price}元。"),
    PAYMENT_RULE,
)
PROCEEDS_DO_NOT_SUM = ProblemType(
    "proceeds_do_not_sum",
    422,
    Text("Shares of the proceeds do not sum to 1", "分配比例之和不为 1"),
    Text("The shares of the proceeds sum to {total}.", "收益分配比例合计 {total}。"),
    Text("Send shares that sum to exactly 1.", "请使收益分配比例之和等于1。"),
    PAYMENT_RULE,
)
TERRITORY_CONTRADICTS = ProblemType(
    "territory_contradicts",
    422,
    Text("The territory contradicts itself", "地域约定矛盾"),
    Text("{country} is both included and excluded.", "{country} 同时列入与排除。"),
    Text("Name each country once.", "请仅列一次。"),
    CIVIL_CODE.art("864"),
)
DUE_IN_PAST = ProblemType(
    "due_in_past",
    422,
    Text("Due date has passed", "付款日已过"),
    Text("The due date {due} is before today, {today}.", "{due} 早于今日 {today}。"),
    Text("Send a date from {today} on, or an event.", "请填写不早于{today}的日期，或者约定付款条件。"),
    PAYMENT_RULE,
)
NOTICE_RUNNING = ProblemType(
    "notice_running",
    409,
    Text("Public notice is still running", "公示尚未届满"),
    Text("The notice runs through {last_day} (until {ends_at}). The server time is {server_time}.",
         "公示至 {last_day} 届满({ends_at});服务器时间 {server_time}。"),
    Text("Wait until {ends_at}. The system then closes the deal by itself.",
         "自 {ends_at} 起可以成交,系统将自动办理。"),
    NOTICE_RULE,
)  # fmt: skip
NOTICE_ENDED = ProblemType(
    "notice_ended",
    409,
    Text("Public notice has ended", "公示已届满"),
    Text("The last day for objections was {last_day}. The server time is {server_time}.",
         "异议截止日为 {last_day};服务器时间 {server_time}。"),
    Text("Send an objection no later than the last day of the notice. This notice ended on {last_day}.",
         "异议应当在公示期内提出，本次公示的末日为{last_day}。"),
    NOTICE_RULE,
)  # fmt: skip
OBJECTION_OPEN = ProblemType(
    "objection_open",
    409,
    Text("An objection is open", "有未处理的异议"),
    Text("Notice {number} has {count} undecided objection(s).", "公示 {number} 尚有 {count} 项异议未处理。"),
    Text(
        "Wait until the operator has decided each objection. The deal can close after that.",
        "须由运营方逐项处理,之后方可成交。",
    ),
    NOTICE_RULE,
)
OBJECTION_DECIDED = ProblemType(
    "objection_decided",
    409,
    Text("Objection already decided", "异议已处理"),
    Text("The objection was decided at {decided_at}: {outcome}.", "该异议已于 {decided_at} 处理:{outcome}。"),
)
RELATED_PARTY_NEEDS_APPROVAL = ProblemType(
    "related_party_needs_approval",
    409,
    Text("Related party needs an approval", "关联方交易须经批准"),
    Text("Seller and buyer are related parties: {finding}.", "卖方与买方为关联方:{finding}。"),
    Text(
        "Let an admin of the seller record the approval (`POST /v1/negotiations/{negotiation_id}/approvals`), or "
        "sell by listing or auction.",
        "请由卖方管理员登记批准(`POST /v1/negotiations/{negotiation_id}/approvals`),或改以挂牌、拍卖方式转让。",
    ),
    EXCHANGE_PRACTICE.art("[S]"),
)
NO_APPROVAL_NEEDED = ProblemType(
    "no_approval_needed",
    409,
    Text("No approval is needed", "无须批准"),
    Text("This negotiation has no open gate for related parties.", "该协商无待办的关联方批准事项。"),
)
