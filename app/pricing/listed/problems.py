"""The refusals of a competitive listed sale."""

from app.core.problems import ProblemType, Text
from app.law.instruments import OPERATING_RULES

NOT_COMPETITIVE = ProblemType(
    "not_competitive",
    409,
    Text("No registration of transferees", "不适用意向受让方登记"),
    Text("This listing is sold by `{pricing_mode}` with `allocation` `{allocation}`.",
         "该挂牌以 `{pricing_mode}` 方式、`allocation` 为 `{allocation}` 出让。"),
    Text("For listings with `pricing_mode` `listed` and `allocation` `competitive`.",
         "适用于 `pricing_mode` 为 `listed` 且 `allocation` 为 `competitive` 的挂牌。"),
)  # fmt: skip
CONDITIONS_MISSING = ProblemType(
    "listed_conditions_missing",
    409,
    Text("No conditions of sale", "缺少交易条件"),
    Text("A competitive listing is submitted with its conditions: deposit, notice, qualification, bidding.",
         "竞争性挂牌提交时须有交易条件:保证金、公告期、受让条件、竞价方式。"),
    Text("Set them by `PUT /v1/listings/{{listing_id}}/listed-conditions`.",
         "请先通过 `PUT /v1/listings/{{listing_id}}/listed-conditions` 设定。"),
    OPERATING_RULES.art("17"),
)  # fmt: skip
DEPOSIT_OUT_OF_RANGE = ProblemType(
    "deposit_out_of_range",
    422,
    Text("Deposit out of range", "保证金金额超出范围"),
    Text("The deposit is CNY {deposit}, the asking price CNY {asking_price}.",
         "保证金为 {deposit} 元,挂牌价为 {asking_price} 元。"),
    Text("A deposit above zero and below {asking_price}.", "保证金须大于零且低于 {asking_price} 元。"),
)  # fmt: skip
EXTENSIONS_MISPLACED = ProblemType(
    "extensions_misplaced",
    422,
    Text("Extensions half announced", "延期约定不完整"),
    Text("An announced extension has a length and a greatest number: {days} working days, {times} times.",
         "延长公告期须同时写明每次期限与次数上限:{days} 个工作日、{times} 次。"),
    Text("Both `extension_working_days` and `extensions_max`; or null and 0, and none is announced.",
         "同时给出 `extension_working_days` 与 `extensions_max`;或分别为 null 与 0,即不延期。"),
    OPERATING_RULES.art("20"),
)  # fmt: skip
NOTICE_OVER = ProblemType(
    "listing_notice_over",
    409,
    Text("The notice is over", "公告期已结束"),
    Text("{what} is possible while the notice runs; the sale is in `{phase}`, and the notice was to end at {closes_at} "
         "(server time {server_time}).",
         "{what}须在公告期内办理;交易处于 `{phase}`,公告期截止 {closes_at}(服务器时间 {server_time})。"),
    Text("Before the end of the notice. After it the sale is settled by who is registered.",
         "请在公告期届满前办理;届满后按已登记的意向受让方处理。"),
    OPERATING_RULES.art("19, 25"),
)  # fmt: skip
REGISTERED_ALREADY = ProblemType(
    "registered_already",
    409,
    Text("Registered already", "已登记"),
    Text("Your organisation has registration {number} for version {version}; it is {status}.",
         "贵组织已就第 {version} 版登记({number}),状态为 {status}。"),
    Text("An organisation registers once for what is published; anew only once another version is.",
         "同一版本每一组织仅可登记一次;重新发布新版本后方可再次登记。"),
)  # fmt: skip
REGISTRATION_OVER = ProblemType(
    "listing_registration_over",
    409,
    Text("The registration has ended", "登记已终结"),
    Text("Registration {number} is {status}; {what} is for one that is registered.",
         "登记 {number} 状态为 {status};{what}仅适用于有效登记。"),
)  # fmt: skip
STALE_REGISTRATION = ProblemType(
    "registration_of_old_version",
    409,
    Text("Registered for what was published before", "登记针对旧版本"),
    Text("Registration {number} agreed to version {seen}; version {current} is published.",
         "登记 {number} 针对第 {seen} 版;现已发布第 {current} 版。"),
    Text("Its organisation confirms it for version {current} first.", "须先由该组织就第 {current} 版重新确认。"),
    OPERATING_RULES.art("19"),
)  # fmt: skip
CONFIRMED_ALREADY = ProblemType(
    "registration_current",
    409,
    Text("Nothing to confirm", "无需确认"),
    Text("Registration {number} agrees to version {current}, which is the one published.",
         "登记 {number} 已针对现行的第 {current} 版。"),
)  # fmt: skip
DECIDED_ALREADY = ProblemType(
    "registrant_decided",
    409,
    Text("Decided already", "已作出决定"),
    Text("The {judge} decided on registration {number} at {decided_at}: {outcome}.",
         "{judge} 已于 {decided_at} 对登记 {number} 作出决定:{outcome}。"),
)  # fmt: skip
REASON_MISPLACED = ProblemType(
    "refusal_reason_missing",
    422,
    Text("A refusal says why", "拒绝须说明理由"),
    Text("A registrant is refused for a published condition that it does not meet; no reason is given.",
         "拒绝意向受让方须指明其不符合的已公布条件;未给出理由。"),
    Text("Give `reason`: which condition, and what is missing.", "请给出 `reason`:何项条件、欠缺何处。"),
)  # fmt: skip
REVISION_PENDING = ProblemType(
    "revision_pending",
    409,
    Text("A revision waits already", "已有待审修改"),
    Text("A revision was proposed at {proposed_at} and is not decided.", "已于 {proposed_at} 提出修改,尚未审核。"),
    Text("Wait until the operator publishes or returns it.", "请等待运营方发布或退回。"),
)  # fmt: skip
NOTHING_CHANGED = ProblemType(
    "revision_empty",
    422,
    Text("Nothing changes", "无任何修改"),
    Text("The revision says what is published already.", "该修改与已发布内容相同。"),
    Text("Name at least one member with another value.", "请至少给出一项不同的内容。"),
)  # fmt: skip
NO_REVISION = ProblemType(
    "no_revision",
    409,
    Text("No revision waits", "无待审修改"),
    Text("Nothing is proposed for version {version} of this listing.", "该挂牌第 {version} 版无待审修改。"),
)  # fmt: skip
SALE_UNDER_WAY = ProblemType(
    "listed_sale_under_way",
    409,
    Text("The sale is under way", "交易进行中"),
    Text("{what} is possible while the notice runs; the sale is in `{phase}`.",
         "{what}仅可在公告期内办理;交易处于 `{phase}`。"),
    Text("After the notice the registrants' rights stand; the operator may terminate a sale that cannot go on.",
         "公告期届满后须保障意向受让方权利;确无法继续的,由运营方终结。"),
    OPERATING_RULES.art("24"),
)  # fmt: skip
