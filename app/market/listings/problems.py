"""The refusals of listings."""

from app.core.problems import ProblemType, Text
from app.law.instruments import CIVIL_CODE, CONVERSION_LAW

TRANSITION_REFUSED = ProblemType(
    "listing_transition_refused",
    409,
    Text("Wrong state of the listing", "挂牌状态不允许此操作"),
    Text(
        "The listing is {status}. The step {move} by the {mover} needs a listing that is {sources}.",
        "挂牌状态为 {status};{mover} 的 {move} 仅适用于 {sources}。",
    ),
    Text(
        "Choose a step that is possible in the state {status}: {possible}.",
        "请选择 {status} 状态下可以办理的操作：{possible}。",
    ),
)
NOT_EDITABLE = ProblemType(
    "listing_not_editable",
    409,
    Text("Listing cannot be edited", "挂牌不可编辑"),
    Text(
        "The listing is {status}. Only a draft or a returned listing can be edited. A published version does not "
        "change.",
        "挂牌状态为 {status};仅草稿或被退回的挂牌可编辑。已发布的内容保持不变。",
    ),
    Text(
        "Withdraw the listing, and list the result again. The operator may return a listing that is submitted.",
        "请撤回后重新挂牌;已提交的,可由运营方退回。",
    ),
)
FIRST_COME_REFUSED = ProblemType(
    "first_come_refused",
    409,
    Text("Seller cannot sell to the first comer", "该卖方不得采用先到先得"),
    Text(
        "{seller} was founded by the state. It sells its results by competition or after a public notice.",
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
        "The pricing mode `listed` needs an `allocation`, and the other modes have none. This listing has "
        "{pricing_mode} with {allocation}.",
        "`listed` 须给出 `allocation`,其他方式不得给出。此处为 {pricing_mode} 与 {allocation}。",
    ),
    Text(
        "Send `listed` with `first_come` or `competitive`, or another pricing mode without an `allocation`.",
        "挂牌交易请填写 `allocation`：`first_come`（先到先得）或者 `competitive`（公开征集受让方）；其他定价方式不填。",
    ),
)
CLOSING_OUT_OF_RANGE = ProblemType(
    "closing_out_of_range",
    422,
    Text("Closing day out of range", "截止日超出范围"),
    Text("The closing day {closes_on} is not between {earliest} and {latest}.",
         "挂牌截止日应在 {earliest} 至 {latest} 之间,而非 {closes_on}。"),
    Text("Send a day from {earliest} to {latest}.", "截止日期应当在{earliest}至{latest}之间。"),
)  # fmt: skip
CLOSING_DAY_MISPLACED = ProblemType(
    "closing_day_misplaced",
    422,
    Text("Closing day does not fit the procedure", "截止日与交易程序不符"),
    Text("`closes_on` is {closes_on}. A `competitive` listing closes with its notice; other listings name their last "
         "day.",
         "`closes_on` 为 {closes_on}:`competitive` 挂牌随公告期届满而截止,其他挂牌须写明截止日。"),
    Text("Leave `closes_on` out for a `competitive` listing. Send a day for other listings.",
         "公开征集受让方的项目不填 `closes_on`，随公告期届满截止；其他项目须填写截止日期。"),
)  # fmt: skip
RESULT_ON_OFFER = ProblemType(
    "result_on_offer",
    409,
    Text("Result is on offer", "成果正在交易"),
    Text(
        "Listing {number} offers this result and is {status}. {parts} stay as they are.",
        "交易项目 {number}（{status}）正在提供该成果，{parts} 不得变更。",
    ),
    Text(
        "Withdraw the listing, or wait until it ends. What happens to a right is recorded at "
        "`/v1/ip-assets/{{asset_id}}/events`.",
        "请先撤牌或者待该项目结束；权利变动请通过 `/v1/ip-assets/{{asset_id}}/events` 登记。",
    ),
    CIVIL_CODE.art("500"),
)
RESULT_TAKEN = ProblemType(
    "result_taken",
    409,
    Text("Result is already listed", "成果已在挂牌"),
    Text(
        "Listing {number} sells this result or one of its rights. Only ordinary licences can be listed at the same "
        "time.",
        "交易项目 {number} 正在处分该成果或者其知识产权；仅普通许可可以并存。",
    ),
    Text(
        "Withdraw listing {number} first, or list both as ordinary licences.",
        "请先撤回 {number}，或均以普通许可发布。",
    ),
)
AGENCY_REFUSED = ProblemType(
    "agency_refused",
    422,
    Text("Agency not accepted", "不可作为受托机构"),
    Text(
        "{name} ({verification}) cannot be mandated on {day}. The agency of a listing must be verified, have the "
        "quality of a technology-transfer agency on that day, and be another than the seller.",
        "{name}（{verification}）于{day}不可受托；受托机构须为转让方以外、核验通过，且当日具备技术转移机构资质的单位。",
    ),
)
OWN_LISTING = ProblemType(
    "own_listing",
    409,
    Text("Own listing", "不得参与本单位的项目"),
    Text("{what} is not allowed for the seller and its agency.", "转让方及其受托技术转移机构不得{what}。"),
)
LISTING_CLOSED = ProblemType(
    "listing_not_open",
    409,
    Text("Listing is not open", "挂牌未开放"),
    Text(
        "The listing is {status}. It closes at {closes_at}. The server time is {server_time}.",
        "挂牌状态为 {status}(服务器时间 {server_time});截止时间 {closes_at}。",
    ),
    Text(
        "Choose a listing that is published and has not reached its `closes_at`.",
        "请选择已发布且未到 `closes_at` 的项目。",
    ),
)
ANSWERED = ProblemType(
    "question_answered",
    409,
    Text("Question already answered", "已答复"),
    Text("The question was answered at {answered_at}. An answer is public and cannot be changed.",
         "该问题已于 {answered_at} 答复;答复公开且不可更改。"),
)  # fmt: skip
APPRAISAL_MISSING = ProblemType(
    "appraisal_missing",
    409,
    Text("Appraisal report missing", "未指明评估报告"),
    Text("The price of an `appraised` listing needs an appraisal report. This listing names none.",
         "`appraised` 挂牌的价格以评估报告为依据;此挂牌未指明报告。"),
    Text("Name an accepted report of the result with `PUT /v1/listings/{listing_id}/appraisal`.",
         "请指明该成果的一份审核通过的报告:`PUT /v1/listings/{listing_id}/appraisal`。"),
)  # fmt: skip
APPRAISED_REFUSED = ProblemType(
    "appraised_refused",
    409,
    Text("Seller cannot sell at an appraised price", "该卖方不得未经公示以评估价成交"),
    Text(
        "{seller} was founded by the state, or its founder is not known. It must publish a price that it agrees "
        "with one buyer, and this mode has no public notice.",
        "{seller} 为国家设立或设立情况不明:与单一买方议定的价格须先行公示,而本方式不设公示。",
    ),
    Text(
        "List the result with the `pricing_mode` `negotiated`, and name the report. Its floor applies there too, "
        "and the public notice runs.",
        "请将 `pricing_mode` 设为 `negotiated` 并指明评估报告:其底线同样适用,并按规定公示。",
    ),
    CONVERSION_LAW.art("18"),
)
APPRAISAL_IN_FORCE = ProblemType(
    "appraisal_in_force",
    409,
    Text("Appraisal report is still valid", "所依据的评估报告仍有效"),
    Text("The listing was published on report {number}. The report is valid until {valid_to}.",
         "该挂牌依据报告 {number} 发布,其有效期至 {valid_to}。"),
    Text("Name another report from {replaceable_from} on, or withdraw the listing and list the result again.",
         "自 {replaceable_from} 起可更换,或撤回后重新挂牌。"),
)  # fmt: skip
