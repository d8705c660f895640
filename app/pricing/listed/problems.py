"""The refusals of a competitive listed sale."""

from app.core.problems import ProblemType, Text
from app.law.instruments import OPERATING_RULES

NOT_COMPETITIVE = ProblemType(
    "not_competitive",
    409,
    Text("Listing takes no registrations", "不适用意向受让方登记"),
    Text("The listing has the `pricing_mode` `{pricing_mode}` and the `allocation` `{allocation}`.",
         "该项目的 `pricing_mode` 为 `{pricing_mode}`，`allocation` 为 `{allocation}`。"),
    Text("Choose a listing with the `pricing_mode` `listed` and the `allocation` `competitive`.",
         "请选择 `pricing_mode` 为 `listed` 且 `allocation` 为 `competitive` 的项目。"),
)  # fmt: skip
CONDITIONS_MISSING = ProblemType(
    "listed_conditions_missing",
    409,
    Text("Conditions of sale missing", "缺少交易条件"),
    Text("A competitive listing needs its conditions of sale before it is submitted: deposit, notice, qualification, "
         "bidding.",
         "竞争性挂牌提交时须有交易条件:保证金、公告期、受让条件、竞价方式。"),
    Text("Set them with `PUT /v1/listings/{{listing_id}}/listed-conditions`.",
         "请先通过 `PUT /v1/listings/{{listing_id}}/listed-conditions` 设定。"),
    OPERATING_RULES.art("17"),
)  # fmt: skip
DEPOSIT_OUT_OF_RANGE = ProblemType(
    "deposit_out_of_range",
    422,
    Text("Deposit out of range", "保证金金额超出范围"),
    Text("The deposit is {deposit} CNY. The asking price is {asking_price} CNY.",
         "保证金为 {deposit} 元,挂牌价为 {asking_price} 元。"),
    Text("Send a deposit above zero and below {asking_price} CNY.", "请填写大于零且低于{asking_price}元的保证金。"),
)  # fmt: skip
EXTENSIONS_MISPLACED = ProblemType(
    "extensions_misplaced",
    422,
    Text("Extensions announced incompletely", "延期约定不完整"),
    Text("An extension needs both a length and a greatest number. This one has {days} working days and {times} times.",
         "延长公告期须同时写明每次期限与次数上限:{days} 个工作日、{times} 次。"),
    Text("Send both `extension_working_days` and `extensions_max`. To announce no extension, send `null` and 0.",
         "请同时填写 `extension_working_days` 与 `extensions_max`；不延期的，分别填 `null` 与0。"),
    OPERATING_RULES.art("20"),
)  # fmt: skip
NOTICE_OVER = ProblemType(
    "listing_notice_over",
    409,
    Text("Notice has ended", "公告期已结束"),
    Text("{what} is possible only during the notice. The sale is in the phase `{phase}`, and the notice ends at "
         "{closes_at}. The server time is {server_time}.",
         "{what}须在公告期内办理;交易处于 `{phase}`,公告期截止 {closes_at}(服务器时间 {server_time})。"),
    Text("Act before the end of the notice. After it the sale goes on among those who registered.",
         "请在公告期届满前办理;届满后按已登记的意向受让方处理。"),
    OPERATING_RULES.art("19, 25"),
)  # fmt: skip
REGISTERED_ALREADY = ProblemType(
    "registered_already",
    409,
    Text("Already registered", "已登记"),
    Text("Your organisation has registration {number} for version {version}. It is {status}.",
         "贵组织已就第 {version} 版登记({number}),状态为 {status}。"),
    Text("Wait for a new version. An organisation registers once for each published version.",
         "同一版本每一组织仅可登记一次;重新发布新版本后方可再次登记。"),
)  # fmt: skip
REGISTRATION_OVER = ProblemType(
    "listing_registration_over",
    409,
    Text("Registration has ended", "登记已终结"),
    Text("Registration {number} is {status}. {what} needs an active registration.",
         "登记 {number} 状态为 {status};{what}仅适用于有效登记。"),
)  # fmt: skip
STALE_REGISTRATION = ProblemType(
    "registration_of_old_version",
    409,
    Text("Registration is for an older version", "登记针对旧版本"),
    Text("Registration {number} is for version {seen}. Version {current} is published.",
         "登记 {number} 针对第 {seen} 版;现已发布第 {current} 版。"),
    Text("Ask the registrant to confirm the registration for version {current}.",
         "须先由该组织就第 {current} 版重新确认。"),
    OPERATING_RULES.art("19"),
)  # fmt: skip
CONFIRMED_ALREADY = ProblemType(
    "registration_current",
    409,
    Text("Nothing to confirm", "无需确认"),
    Text("Registration {number} is already for version {current}, which is the current one.",
         "登记 {number} 已针对现行的第 {current} 版。"),
)  # fmt: skip
DECIDED_ALREADY = ProblemType(
    "registrant_decided",
    409,
    Text("Already decided", "已作出决定"),
    Text("The {judge} decided on registration {number} at {decided_at}: {outcome}.",
         "{judge} 已于 {decided_at} 对登记 {number} 作出决定:{outcome}。"),
)  # fmt: skip
REASON_MISPLACED = ProblemType(
    "refusal_reason_missing",
    422,
    Text("Reason missing", "拒绝须说明理由"),
    Text("A registrant is refused for a published condition that it does not meet. The request names no reason.",
         "拒绝意向受让方须指明其不符合的已公布条件;未给出理由。"),
    Text("Send `reason`. Name the condition, and say what is missing.", "请给出 `reason`:何项条件、欠缺何处。"),
)  # fmt: skip
REVISION_PENDING = ProblemType(
    "revision_pending",
    409,
    Text("A revision is already pending", "已有待审修改"),
    Text("A revision was proposed at {proposed_at} and is not decided.", "已于 {proposed_at} 提出修改,尚未审核。"),
    Text("Wait until the operator has published or returned it.", "请等待运营方发布或退回。"),
)  # fmt: skip
NOTHING_CHANGED = ProblemType(
    "revision_empty",
    422,
    Text("Revision changes nothing", "无任何修改"),
    Text("The revision says the same as the published version.", "该修改与已发布内容相同。"),
    Text("Change at least one value.", "请至少给出一项不同的内容。"),
)  # fmt: skip
NO_REVISION = ProblemType(
    "no_revision",
    409,
    Text("No revision is pending", "无待审修改"),
    Text("There is no proposed revision of version {version} of this listing.", "该挂牌第 {version} 版无待审修改。"),
)  # fmt: skip
SALE_UNDER_WAY = ProblemType(
    "listed_sale_under_way",
    409,
    Text("Sale is under way", "交易进行中"),
    Text("{what} is possible only during the notice. The sale is in the phase `{phase}`.",
         "{what}仅可在公告期内办理;交易处于 `{phase}`。"),
    Text("Ask the operator to terminate a sale that cannot go on. After the notice the rights of the registrants are "
         "protected.",
         "公告期届满后须保障意向受让方权利；确无法继续的，请联系交易机构终结。"),
    OPERATING_RULES.art("24"),
)  # fmt: skip
