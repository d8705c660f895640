"""The refusals of appraisals."""

from app.core.problems import ProblemType, Text
from app.law.instruments import OPERATING_RULES, REPORT_STANDARD

VALIDITY_RULE = REPORT_STANDARD.art("10")
FLOOR_RULE = OPERATING_RULES.art("21")

NOT_AN_APPRAISER = ProblemType(
    "not_an_appraiser",
    422,
    Text("Not an appraiser", "不是评估机构"),
    Text(
        "Only an appraiser makes a report. {name} is of the kind {kind}.", "评估报告由评估机构出具;{name} 为 {kind}。"
    ),
    Text("Name an organisation of the kind `appraiser`.", "请指明类型为 `appraiser` 的组织。"),
)
NOT_INDEPENDENT = ProblemType(
    "appraiser_not_independent",
    422,
    Text("Appraiser is not independent", "评估机构不独立"),
    Text("{name} owns the result, or is a related party of an owner.", "{name} 为该成果的权属人或其关联方。"),
    Text("Have the result appraised by an independent appraiser.", "请另择评估机构。"),
)
NUMBER_USED = ProblemType(
    "appraisal_number_used",
    409,
    Text("Report number already used", "报告编号已使用"),
    Text("The appraiser already has a report `{number}`.", "该评估机构已有编号为 `{number}` 的报告。"),
    Text(
        "Send the number of this report. The number of a refused report may be used again.",
        "请填本报告编号;被退回后可再次使用。",
    ),
)
DATE_IN_FUTURE = ProblemType(
    "appraisal_date_in_future",
    422,
    Text("Date is in the future", "日期在未来"),
    Text("{name} {day} is after today, {today}.", "{name} {day} 晚于今日 {today}。"),
    Text("Send a {name} no later than {today}.", "请填写不晚于{today}的 {name}。"),
)
REVIEWED = ProblemType(
    "appraisal_reviewed",
    409,
    Text("Report already reviewed", "已审核"),
    Text("The report has been {status} since {at}.", "该报告已于 {at} 审核,结果为 {status}。"),
    Text("Correct a refused report, and record it again.", "被退回的报告请更正后重新提交。"),
)
REVIEW_REASON_NEEDED = ProblemType(
    "appraisal_reason_needed",
    422,
    Text("Reason missing", "缺少理由"),
    Text("A refusal needs a reason.", "退回须说明理由。"),
    Text("Send `reason`.", "请填写 `reason`。"),
)
REVIEWER_CONFLICT = ProblemType(
    "appraisal_conflict_of_interest",
    403,
    Text("Conflict of interest", "应当回避"),
    Text("You belong to the appraiser or to an owner of the result.", "您属于该评估机构或成果权属单位。"),
    Text("Ask another operator to review the report.", "请由其他运营人员审核。"),
)
OWNER_ONLY = ProblemType(
    "appraisal_owner_only",
    403,
    Text("Not allowed to record the re-approval", "不是权属单位"),
    Text(
        "Only the operator or the keeper of the result records a re-approval.",
        "原批准单位的书面同意由交易机构或者成果持有单位登记。",
    ),
)
NOT_ACCEPTED = ProblemType(
    "appraisal_not_accepted",
    409,
    Text("Report is not accepted", "报告未通过审核"),
    Text("Report {number} is {status}. A price needs an accepted report.",
         "报告 {number} 状态为 {status};仅审核通过的报告可作为定价依据。"),
    Text("Wait until the operator has reviewed the report, or use another report.",
         "请等待运营方审核,或使用其他报告。"),
)  # fmt: skip
EXPIRED = ProblemType(
    "appraisal_expired",
    409,
    Text("Report has expired", "报告已过有效期"),
    Text(
        "Report {number} is valid from {base_date} to {valid_to}, not on {on}.",
        "报告 {number} 的有效期为 {base_date} 至 {valid_to},{on} 不可使用。",
    ),
    Text("Use a report with a base date on or after {oldest}.", "请使用评估基准日不早于 {oldest} 的报告。"),
    VALIDITY_RULE,
)
PRICE_BELOW_FLOOR = ProblemType(
    "price_below_floor",
    422,
    Text("Price below the floor", "价格低于底线"),
    Text(
        "The price {price} is below the floor {floor}. The floor is {percent} % of the appraised value {value} of "
        "report {number}, or the re-approved price.",
        "{price} 低于 {floor}:即报告 {number} 评估值 {value} 的 {percent}%,或重新批准的最低价。",
    ),
    Text(
        "Send at least {floor}, or record the re-approval of a lower price.",
        "不低于 {floor},或经重新批准并记录更低价格。",
    ),
    FLOOR_RULE,
)
REAPPROVAL_NOT_NEEDED = ProblemType(
    "reapproval_not_needed",
    422,
    Text("Re-approval not needed", "无需重新批准"),
    Text("The price {price} is not below the floor {floor}.", "{price} 不低于底线 {floor}。"),
    Text(
        "Record a re-approval only for a price below {floor}.",
        "仅低于最低限价{floor}元的价格须经原批准单位书面同意并登记。",
    ),
    FLOOR_RULE,
)
