"""The refusals of identity."""

from typing import Final

from app.core.problems import ProblemType, Text

PERSON: Final = Text("person", "人员")
ORGANISATION: Final = Text("organisation", "单位")

USCC_INVALID = ProblemType(
    "uscc_invalid",
    422,
    Text("Invalid USCC", "统一社会信用代码无效"),
    Text(
        "`{uscc}` is not a unified social credit code: {reason}.",
        "`{uscc}` 不是合法的统一社会信用代码:{reason}。",
    ),
    Text(
        "18 characters of 0-9 and A-Z without I, O, S, V, Z, the last one the check character of GB 32100-2015.",
        "18 位,由 0-9 与不含 I、O、S、V、Z 的大写字母组成,末位为 GB 32100-2015 校验字符。",
    ),
)
PERIOD_NOT_LATER = ProblemType(
    "period_not_later",
    422,
    Text("Not later than the period before", "未晚于前一期间"),
    Text(
        "A period beginning {begins} does not follow the one that began {before}.",
        "自 {begins} 起的期间未晚于自 {before} 起的期间。",
    ),
    Text("Begin it after {before}.", "起始日应晚于 {before}。"),
)
BROKER_EMPLOYED = ProblemType(
    "broker_employed",
    409,
    Text("Broker is employed", "经纪人已受聘"),
    Text(
        "The broker is employed from {since} {until}. A broker works for one agency at a time.",
        "该技术经纪人自{since}起受聘于其他技术转移机构{until};技术经纪人同一时期只能受聘于一家机构。",
    ),
    Text("First end the employment that has no last day.", "请先办理原聘用关系的终止。"),
)
NOT_AN_AGENCY = ProblemType(
    "not_an_agency",
    422,
    Text("Not an agency", "不是技术转移机构"),
    Text(
        "Brokers are employed by a technology-transfer agency; this is a {kind}.",
        "技术经纪人受聘于技术转移机构;该组织为 {kind}。",
    ),
)
NOT_VERIFIED = ProblemType(
    "organisation_not_verified",
    409,
    Text("Organisation not verified", "组织未通过核验"),
    Text(
        "{name} is {verification}; only a verified organisation may do this.",
        "{name} 的核验状态为 {verification};仅核验通过的组织可操作。",
    ),
    Text("Ask the operator to verify the organisation.", "请运营方先核验该组织。"),
)
SCOPE_UNKNOWN = ProblemType(
    "scope_unknown",
    422,
    Text("Unknown scope", "未知的权限范围"),
    Text("`{scope}` is not a scope.", "`{scope}` 不是权限范围。"),
    Text(
        "One of {resources} or `*`, a colon, and `read`, `write` or `*`.",
        "{resources} 或 `*`,冒号,再加 `read`、`write` 或 `*`。",
    ),
)
KEY_EXPIRY = ProblemType(
    "key_expiry",
    422,
    Text("Expiry out of range", "有效期超出范围"),
    Text("A key lives between one and {days} days.", "密钥有效期为 1 至 {days} 天。"),
)

SAME_ORGANISATION = ProblemType(
    "same_organisation",
    422,
    Text("Same organisation twice", "两方为同一组织"),
    Text("Both sides are the same organisation.", "两方为同一组织。"),
)
ROLE_PLACE = ProblemType(
    "role_out_of_place",
    422,
    Text("Role out of place", "角色不适用"),
    Text("The role {role} does not fit there.", "角色 {role} 不适用于此。"),
    Text(
        "`member` or `admin` with an organisation; `operator`, `registrar`, `award_officer` or `auditor` without. "
        "A broker is certified and employed, not added.",
        "`member`、`admin` 须带组织;`operator`、`registrar`、`award_officer`、`auditor` 不带。技术经纪人经认证与聘用产生。",
    ),
)
SCOPE_EXCEEDED = ProblemType(
    "scope_exceeded",
    403,
    Text("More than your own scope", "超出自身权限范围"),
    Text("Your key does not hold `{scope}` itself, so it cannot give it.", "您的密钥不含 `{scope}`,不能授予。"),
)
