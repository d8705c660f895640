"""The refusals of appraisals."""

from app.core.problems import ProblemType, Text
from app.law.instruments import OPERATING_RULES, REPORT_STANDARD

VALIDITY_RULE = REPORT_STANDARD.art("10")
FLOOR_RULE = OPERATING_RULES.art("21")

NOT_AN_APPRAISER = ProblemType(
    "not_an_appraiser",
    422,
    Text("Not an appraiser", "不是评估机构"),
    Text("A report is made by an appraiser; {name} is a {kind}.", "评估报告由评估机构出具;{name} 为 {kind}。"),
    Text("Name an organisation of the kind `appraiser`.", "请指明类型为 `appraiser` 的组织。"),
)
NOT_INDEPENDENT = ProblemType(
    "appraiser_not_independent",
    422,
    Text("Appraiser is not independent", "评估机构不独立"),
    Text(
        "{name} is an owner of the result, or a related party of one.",
        "{name} 为该成果的权属人或其关联方。",
    ),
    Text("Have the result appraised by somebody else.", "请另择评估机构。"),
)
NUMBER_USED = ProblemType(
    "appraisal_number_used",
    409,
    Text("Report number used", "报告编号已使用"),
    Text("The appraiser has a report `{number}` already.", "该评估机构已有编号为 `{number}` 的报告。"),
    Text(
        "Give the number of this report; after a refusal it may be used again.", "请填本报告编号;被退回后可再次使用。"
    ),
)
DATE_IN_FUTURE = ProblemType(
    "appraisal_date_in_future",
    422,
    Text("In the future", "日期在未来"),
    Text("{name} {day} is after today, {today}.", "{name} {day} 晚于今日 {today}。"),
    Text("Give {name} not after {today}.", "{name} 不得晚于 {today}。"),
)
REVIEWED = ProblemType(
    "appraisal_reviewed",
    409,
    Text("Reviewed already", "已审核"),
    Text("The report is {status} since {at}.", "该报告已于 {at} 审核,结果为 {status}。"),
    Text("A refused report is recorded anew, corrected.", "被退回的报告请更正后重新提交。"),
)
REVIEW_REASON_NEEDED = ProblemType(
    "appraisal_reason_needed",
    422,
    Text("Reason missing", "缺少理由"),
    Text("A refusal says why.", "退回须说明理由。"),
    Text("Give `reason`.", "请填写 `reason`。"),
)
REVIEWER_CONFLICT = ProblemType(
    "appraisal_conflict_of_interest",
    403,
    Text("Conflict of interest", "利益冲突"),
    Text(
        "You belong to the appraiser or to an owner of the result.",
        "您属于该评估机构或成果权属单位。",
    ),
    Text("Another operator reviews it.", "请由其他运营人员审核。"),
)
OWNER_ONLY = ProblemType(
    "appraisal_owner_only",
    403,
    Text("Not the owner", "不是权属单位"),
    Text(
        "A re-approval is recorded by the operator or by the unit that keeps the result.",
        "重新批准由运营方或成果登记单位记录。",
    ),
)
NOT_ACCEPTED = ProblemType(
    "appraisal_not_accepted",
    409,
    Text("Report not accepted", "报告未通过审核"),
    Text("The report {number} is {status}; only an accepted one carries a price.",
         "报告 {number} 状态为 {status};仅审核通过的报告可作为定价依据。"),
    Text("Wait for the operator's review, or use another report.", "请等待运营方审核,或使用其他报告。"),
)  # fmt: skip
EXPIRED = ProblemType(
    "appraisal_expired",
    409,
    Text("Report expired", "报告已过有效期"),
    Text(
        "The report {number} may be used from {base_date} until {valid_to}, not on {on}.",
        "报告 {number} 的有效期为 {base_date} 至 {valid_to},{on} 不可使用。",
    ),
    Text("Use a report whose base date is on or after {oldest}.", "请使用评估基准日不早于 {oldest} 的报告。"),
    VALIDITY_RULE,
)
PRICE_BELOW_FLOOR = ProblemType(
    "price_below_floor",
    422,
    Text("Price below the floor", "价格低于底线"),
    Text(
        "{price} is below {floor}: {percent} % of the appraised value {value} of report {number}, or what was "
        "re-approved.",
        "{price} 低于 {floor}:即报告 {number} 评估值 {value} 的 {percent}%,或重新批准的最低价。",
    ),
    Text(
        "Give at least {floor}, or have a lower price re-approved and recorded.",
        "不低于 {floor},或经重新批准并记录更低价格。",
    ),
    FLOOR_RULE,
)
REAPPROVAL_NOT_NEEDED = ProblemType(
    "reapproval_not_needed",
    422,
    Text("Re-approval not needed", "无需重新批准"),
    Text("{price} is not below the floor {floor}.", "{price} 不低于底线 {floor}。"),
    Text("Prices from {floor} on need no re-approval.", "{floor} 及以上的价格无需重新批准。"),
    FLOOR_RULE,
)
