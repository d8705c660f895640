"""The refusals of listings."""

from app.core.problems import ProblemType, Text
from app.law.instruments import CONVERSION_LAW

TRANSITION_REFUSED = ProblemType(
    "listing_transition_refused",
    409,
    Text("The listing's state does not allow it", "挂牌状态不允许此操作"),
    Text(
        "The listing is {status}; {move} by the {mover} is for a listing that is {sources}.",
        "挂牌状态为 {status};{mover} 的 {move} 仅适用于 {sources}。",
    ),
    Text("From {status} it can go on by: {possible}.", "在 {status} 状态下可行:{possible}。"),
)
NOT_EDITABLE = ProblemType(
    "listing_not_editable",
    409,
    Text("The listing cannot be edited", "挂牌不可编辑"),
    Text(
        "The listing is {status}; only a draft or a returned listing is edited. What was published stays as it was.",
        "挂牌状态为 {status};仅草稿或被退回的挂牌可编辑。已发布的内容保持不变。",
    ),
    Text(
        "Withdraw it and list the result anew; while it is submitted, the operator may return it.",
        "请撤回后重新挂牌;已提交的,可由运营方退回。",
    ),
)
FIRST_COME_REFUSED = ProblemType(
    "first_come_refused",
    409,
    Text("First-come sale is not open to this seller", "该卖方不得采用先到先得"),
    Text(
        "{seller} is founded by the state; its results are sold by a competitive mode or after public notice, "
        "not to the first comer.",
        "{seller} 为国家设立;其成果应经竞争性方式或公示后转让,不得先到先得。",
    ),
    Text(
        "List it with `allocation` `competitive`, or with `pricing_mode` `negotiated` or `auction`.",
        "请将 `allocation` 设为 `competitive`,或将 `pricing_mode` 设为 `negotiated` 或 `auction`。",
    ),
    CONVERSION_LAW.art("18"),
)
ALLOCATION_MISPLACED = ProblemType(
    "allocation_misplaced",
    422,
    Text("Allocation does not fit the pricing mode", "分配方式与定价方式不符"),
    Text(
        "A `listed` price needs an `allocation`; the other modes have none. This one is {pricing_mode} with {allocation}.",
        "`listed` 须给出 `allocation`,其他方式不得给出。此处为 {pricing_mode} 与 {allocation}。",
    ),
    Text(
        "`listed` with `first_come` or `competitive`, or another pricing mode with null.",
        "`listed` 配 `first_come` 或 `competitive`,或其他定价方式且为 null。",
    ),
)
CLOSING_OUT_OF_RANGE = ProblemType(
    "closing_out_of_range",
    422,
    Text("Closing day out of range", "截止日超出范围"),
    Text("A listing closes between {earliest} and {latest}, not on {closes_on}.",
         "挂牌截止日应在 {earliest} 至 {latest} 之间,而非 {closes_on}。"),
    Text("A day from {earliest} to {latest}.", "{earliest} 至 {latest} 的某日。"),
)  # fmt: skip
CLOSING_DAY_MISPLACED = ProblemType(
    "closing_day_misplaced",
    422,
    Text("Closing day does not fit the procedure", "截止日与交易程序不符"),
    Text("`closes_on` is {closes_on}: a `competitive` listing ends with its notice, any other names its last day.",
         "`closes_on` 为 {closes_on}:`competitive` 挂牌随公告期届满而截止,其他挂牌须写明截止日。"),
    Text("Null for a `competitive` listing; a day for any other.", "`competitive` 挂牌为 null;其他挂牌为某日。"),
)  # fmt: skip
RESULT_TAKEN = ProblemType(
    "result_taken",
    409,
    Text("The result is listed already", "成果已在挂牌"),
    Text(
        "Listing {number} of this result is {status}; only ordinary licences stand beside each other.",
        "该成果的挂牌 {number} 状态为 {status};仅普通许可可以并存。",
    ),
    Text(
        "Withdraw {number} first, or list both as ordinary licences. A result sold outright cannot be sold again.",
        "请先撤回 {number},或均以普通许可挂牌。已整体转让的成果不得再次转让。",
    ),
)
AGENCY_REFUSED = ProblemType(
    "agency_refused",
    422,
    Text("Not a mandated agency", "不可作为受托机构"),
    Text(
        "{name} is a {kind}, {verification}; the agency of a listing is a verified technology-transfer agency other "
        "than the seller.",
        "{name} 为 {kind}({verification});挂牌的受托机构须为卖方以外、核验通过的技术转移机构。",
    ),
)
OWN_LISTING = ProblemType(
    "own_listing",
    409,
    Text("Your own listing", "自己的挂牌"),
    Text("{what} is for organisations other than the seller and its agency.", "{what} 限卖方及其受托机构以外的组织。"),
)
LISTING_CLOSED = ProblemType(
    "listing_not_open",
    409,
    Text("The listing is not open", "挂牌未开放"),
    Text(
        "The listing is {status} (server time {server_time}); it was to close at {closes_at}.",
        "挂牌状态为 {status}(服务器时间 {server_time});截止时间 {closes_at}。",
    ),
    Text("A listing that is published and before its `closes_at`.", "已发布且未到 `closes_at` 的挂牌。"),
)
ANSWERED = ProblemType(
    "question_answered",
    409,
    Text("Answered already", "已答复"),
    Text("The question was answered at {answered_at}; an answer is public and stays.",
         "该问题已于 {answered_at} 答复;答复公开且不可更改。"),
)  # fmt: skip
APPRAISAL_MISSING = ProblemType(
    "appraisal_missing",
    409,
    Text("No appraisal report named", "未指明评估报告"),
    Text("The price of an `appraised` listing rests on a report; this one names none.",
         "`appraised` 挂牌的价格以评估报告为依据;此挂牌未指明报告。"),
    Text("Name an accepted report of the result: `PUT /v1/listings/{listing_id}/appraisal`.",
         "请指明该成果的一份审核通过的报告:`PUT /v1/listings/{listing_id}/appraisal`。"),
)  # fmt: skip
APPRAISED_REFUSED = ProblemType(
    "appraised_refused",
    409,
    Text(
        "Sale at an appraised price without public notice is not open to this seller", "该卖方不得未经公示以评估价成交"
    ),
    Text(
        "{seller} is founded by the state, or its founder is not known: a price settled with one buyer is published "
        "first, and this mode has no public notice.",
        "{seller} 为国家设立或设立情况不明:与单一买方议定的价格须先行公示,而本方式不设公示。",
    ),
    Text(
        "List it with `pricing_mode` `negotiated` and name the report: its floor holds there too, and the notice runs.",
        "请将 `pricing_mode` 设为 `negotiated` 并指明评估报告:其底线同样适用,并按规定公示。",
    ),
    CONVERSION_LAW.art("18"),
)
APPRAISAL_IN_FORCE = ProblemType(
    "appraisal_in_force",
    409,
    Text("The report named still holds", "所依据的评估报告仍有效"),
    Text(
        "The listing was published on report {number}, which may be used until {valid_to}.",
        "该挂牌依据报告 {number} 发布,其有效期至 {valid_to}。",
    ),
    Text("Name another from {replaceable_from} on, or withdraw the listing and list anew.",
         "自 {replaceable_from} 起可更换,或撤回后重新挂牌。"),
)  # fmt: skip
