"""The refusals of negotiations, their terms, notices and objections."""

from app.core.problems import ProblemType, Text
from app.law.instruments import CIVIL_CODE, CONVERSION_LAW, EXCHANGE_PRACTICE

PAYMENT_RULE = CIVIL_CODE.art("846")
NOTICE_RULE = CONVERSION_LAW.art("18")

NOT_NEGOTIATED = ProblemType(
    "not_negotiated",
    409,
    Text("The price is not negotiated", "非协议定价"),
    Text("The price of this listing is found by `{pricing_mode}`.", "该挂牌以 `{pricing_mode}` 定价。"),
    Text("Negotiate on listings with `pricing_mode` `negotiated`.", "仅 `pricing_mode` 为 `negotiated` 的挂牌可协商。"),
)
NEGOTIATION_EXISTS = ProblemType(
    "negotiation_exists",
    409,
    Text("You negotiate already", "已在协商"),
    Text("Your organisation has a negotiation on listing {number} already.", "贵组织已就挂牌 {number} 展开协商。"),
    Text("Go on with it, or withdraw it first.", "请继续该协商,或先撤回。"),
)
NEGOTIATION_NOT_OPEN = ProblemType(
    "negotiation_not_open",
    409,
    Text("The negotiation's state does not allow it", "协商状态不允许此操作"),
    Text("The negotiation is {status}; this is for one that is {wanted}.", "协商状态为 {status};此操作须为 {wanted}。"),
)
LEAD_ONLY = ProblemType(
    "lead_buyer_only",
    403,
    Text("For the lead buyer", "限牵头买方"),
    Text("The buyer who opened the negotiation speaks for the joint buyers.", "由发起协商的买方代表各联合买方。"),
)
BUYER_NOT_AMONG = ProblemType(
    "buyer_not_among",
    422,
    Text("You are not among the buyers", "不在买方之列"),
    Text("The buyers named do not include your organisation.", "所列买方不含贵组织。"),
    Text("Name your own organisation with its share.", "请列入贵组织及其份额。"),
)
OFFER_REPLACED = ProblemType(
    "offer_replaced",
    409,
    Text("Another offer stands", "该要约已被取代"),
    Text("You name offer {named}; the standing one is number {number} ({standing}).",
         "您所指要约为 {named};现行为第 {number} 号({standing})。"),
    Text("Read offer {standing} and decide on its terms.", "请阅读要约 {standing} 后再作决定。"),
    CIVIL_CODE.art("488"),
)  # fmt: skip
OWN_OFFER = ProblemType(
    "own_offer",
    409,
    Text("Your own offer", "己方要约"),
    Text("Offer {number} is your side's; the other side accepts it.", "第 {number} 号要约由贵方发出,须由对方承诺。"),
    Text("Wait for the other side until {expires_at}.", "请等待对方至 {expires_at}。"),
    CIVIL_CODE.art("479"),
)
NOTICE_MANDATORY = ProblemType(
    "notice_mandatory",
    409,
    Text("The public notice cannot be left out", "不得免除公示"),
    Text(
        "{seller} is founded by the state, or its founder is not known: a negotiated price is published first.",
        "{seller} 为国家设立或设立情况不明:协议定价须先行公示。",
    ),
    Text("Offer with `public_notice` true; the notice takes {days} days.", "请以 `public_notice` 为 true 发出要约;公示 {days} 日。"),
    NOTICE_RULE,
)  # fmt: skip
PARTS_DO_NOT_SUM = ProblemType(
    "parts_do_not_sum",
    422,
    Text("Parts do not sum to the total", "各部分之和与总额不符"),
    Text("The parts sum to {parts}; the total is {total}.", "各部分合计 {parts};总额为 {total}。"),
    Text("Parts that sum to {total}, or a total of {parts}.", "各部分合计应为 {total},或总额应为 {parts}。"),
    PAYMENT_RULE,
)
TIERS_OUT_OF_ORDER = ProblemType(
    "tiers_out_of_order",
    422,
    Text("Tiers out of order", "分档次序有误"),
    Text("The tiers begin at {tiers}.", "各档起点为 {tiers}。"),
    Text("Tiers that begin at 0 and rise.", "分档须自 0 起递增。"),
    PAYMENT_RULE,
)
BOUNDS_OUT_OF_ORDER = ProblemType(
    "bounds_out_of_order",
    422,
    Text("Bounds out of order", "上下限次序有误"),
    Text("{lower} is above {upper}.", "{lower} 高于 {upper}。"),
    Text("An upper bound of at least {lower}.", "上限不得低于 {lower}。"),
    PAYMENT_RULE,
)
NOT_ALONE = ProblemType(
    "payment_not_alone",
    422,
    Text("These parts do not go together", "各部分不能并存"),
    Text("`{kind}` stands alone: there is no other payment beside it.", "`{kind}` 须单独约定,不得与其他付款并存。"),
    Text("Give `{kind}` alone, or leave it out.", "仅约定 `{kind}`,或不列该项。"),
    PAYMENT_RULE,
)
CONVERSION_MISMATCH = ProblemType(
    "conversion_mismatch",
    422,
    Text("The conversion does not come out", "折算不符"),
    Text("{amount} {currency} are {total} CNY at the rate given, not {stated}.",
         "按所列汇率,{amount} {currency} 折合 {total} 元,而非 {stated} 元。"),
    Text("Give `total_cny` {total}, or leave out the rate.", "`total_cny` 应为 {total},或不列汇率。"),
    PAYMENT_RULE,
)  # fmt: skip
BUNDLE_DOES_NOT_SUM = ProblemType(
    "bundle_does_not_sum",
    422,
    Text("The items do not sum to the price", "分项之和与价款不符"),
    Text("The items sum to {items}; the certain price is {price}.", "分项合计 {items};确定价款为 {price}。"),
    Text("Items that sum to {price}.", "分项合计应为 {price}。"),
    PAYMENT_RULE,
)
PROCEEDS_DO_NOT_SUM = ProblemType(
    "proceeds_do_not_sum",
    422,
    Text("The split does not sum to 1", "分配比例之和不为 1"),
    Text("The split of the proceeds sums to {total}.", "收益分配比例合计 {total}。"),
    Text("Shares that sum to exactly 1.", "比例之和须恰为 1。"),
    PAYMENT_RULE,
)
TERRITORY_CONTRADICTS = ProblemType(
    "territory_contradicts",
    422,
    Text("The territory contradicts itself", "地域约定矛盾"),
    Text("{country} is both in and out.", "{country} 同时列入与排除。"),
    Text("Name it once.", "请仅列一次。"),
    CIVIL_CODE.art("864"),
)
DUE_IN_PAST = ProblemType(
    "due_in_past",
    422,
    Text("Due before today", "付款日已过"),
    Text("{due} is before today, {today}.", "{due} 早于今日 {today}。"),
    Text("A day from {today} on, or an event.", "不早于 {today} 的日期,或某一事件。"),
    PAYMENT_RULE,
)
NOTICE_RUNNING = ProblemType(
    "notice_running",
    409,
    Text("The public notice still runs", "公示尚未届满"),
    Text("The notice runs through {last_day} (to {ends_at}); the server time is {server_time}.",
         "公示至 {last_day} 届满({ends_at});服务器时间 {server_time}。"),
    Text("Closing is possible from {ends_at}; the worker does it by itself.", "自 {ends_at} 起可以成交,系统将自动办理。"),
    NOTICE_RULE,
)  # fmt: skip
NOTICE_ENDED = ProblemType(
    "notice_ended",
    409,
    Text("The public notice has ended", "公示已届满"),
    Text("The last day for objections was {last_day}; the server time is {server_time}.",
         "异议截止日为 {last_day};服务器时间 {server_time}。"),
    Text("An objection up to and including {last_day} would have passed.", "{last_day} 当日及之前可提出异议。"),
    NOTICE_RULE,
)  # fmt: skip
OBJECTION_OPEN = ProblemType(
    "objection_open",
    409,
    Text("An objection is open", "有未处理的异议"),
    Text("{count} objection(s) to notice {number} are not decided.", "公示 {number} 尚有 {count} 项异议未处理。"),
    Text("The operator decides each; then the deal closes.", "须由运营方逐项处理,之后方可成交。"),
    NOTICE_RULE,
)
OBJECTION_DECIDED = ProblemType(
    "objection_decided",
    409,
    Text("Decided already", "异议已处理"),
    Text("The objection was decided at {decided_at}: {outcome}.", "该异议已于 {decided_at} 处理:{outcome}。"),
)
RELATED_PARTY_NEEDS_APPROVAL = ProblemType(
    "related_party_needs_approval",
    409,
    Text("A related party needs an approval", "关联方交易须经批准"),
    Text("Seller and buyer are related parties: {finding}.", "卖方与买方为关联方:{finding}。"),
    Text(
        "Record the approval (`POST /v1/negotiations/{negotiation_id}/approvals`, by an admin of the seller), or sell by "
        "listing or auction.",
        "请由卖方管理员登记批准(`POST /v1/negotiations/{negotiation_id}/approvals`),或改以挂牌、拍卖方式转让。",
    ),
    EXCHANGE_PRACTICE.art("[S]"),
)
NO_APPROVAL_NEEDED = ProblemType(
    "no_approval_needed",
    409,
    Text("No approval is needed", "无须批准"),
    Text("No gate for related parties is open on this negotiation.", "该协商无待办的关联方批准事项。"),
)
