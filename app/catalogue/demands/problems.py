"""The refusals of demands."""

from app.core.problems import ProblemType, Text
from app.law.instruments import POLICY

DEMAND_TRANSITION_REFUSED = ProblemType(
    "demand_transition_refused",
    409,
    Text("Wrong state of the demand", "需求当前状态不能办理此操作"),
    Text(
        "The state is {status}. The step {move} by the {mover} is not possible in it.",
        "当前状态为 `{status}`，`{mover}` 不能办理 `{move}`。",
    ),
    Text(
        "Choose a step that is possible in the state {status}: {possible}.", "请选择当前可以办理的操作：`{possible}`。"
    ),
)
DEMAND_NOT_OPEN = ProblemType(
    "demand_not_open",
    409,
    Text("Demand is not open", "需求不在有效期内"),
    Text("The demand is {status}, or its last day has passed.", "需求当前状态为 `{status}`，或者有效期已届满。"),
    Text(
        "Choose a demand that is published and has not reached its `closes_at`.",
        "请选择已发布且未到 `closes_at` 的需求。",
    ),
)
SECOND_CHECKER_NEEDED = ProblemType(
    "second_checker_needed",
    409,
    Text("Second person needed", "复审须由另一人办理"),
    Text(
        "You made the first check. The second check is made by another person.",
        "初审由您办理，复审须由另一名工作人员办理。",
    ),
    Text("Ask another operator to make the second check.", "请由交易机构其他工作人员办理复审。"),
)
CHECKED_BY_OWN = ProblemType(
    "checked_by_own",
    409,
    Text("Own organisation's demand", "不能审核本人任职单位的需求"),
    Text("You act for the organisation that posted the demand.", "您同时在发布该需求的单位任职，应当回避。"),
    Text("Ask an operator who does not act for it to check the demand.", "请由不在该单位任职的工作人员审核。"),
)
VALIDITY_OUT_OF_RANGE = ProblemType(
    "validity_out_of_range",
    422,
    Text("Last day out of range", "有效期截止日超出范围"),
    Text(
        "The last day {valid_to} is not between {earliest} and {latest}.",
        "有效期截止日{valid_to}不在{earliest}至{latest}之间。",
    ),
    Text("Send a day from {earliest} to {latest}.", "请填写{earliest}至{latest}之间的日期。"),
)
CLOSED_WITH_AGREEMENT = ProblemType(
    "demand_agreed_upon",
    409,
    Text("A response is agreed on", "已与应答方达成合作意向"),
    Text(
        "Response {number} is agreed on. A demand is not closed over it.",
        "已就应答{number}达成合作意向，不能直接关闭需求。",
    ),
    Text(
        "First decline response {number}, with a reason, or wait for its deal.",
        "请先谢绝应答{number}并说明原因，或者等待其成交。",
    ),
)
SCENARIO_AREA_MISPLACED = ProblemType(
    "scenario_area_misplaced",
    422,
    Text("Area does not fit the kind", "场景领域与需求类型不符"),
    Text("A scenario names its area, and other demands have none.", "应用场景应当填写场景领域，其他需求不填。"),
    Text(
        "Send `scenario_area` with the kind `scenario` alone.",
        "请仅在类型为 `scenario`（应用场景）时填写 `scenario_area`。",
    ),
    POLICY.art("6"),
)
