"""The refusals of lists of dormant results."""

from app.core.problems import ProblemType, Text
from app.law.instruments import POLICY

LIST_EXISTS = ProblemType(
    "dormant_list_exists",
    409,
    Text("The year has a list already", "该年度清单已存在"),
    Text("The list of {year} was gathered already.", "{year}年度清单已经汇集。"),
    Text("Read the list of {year}.", "请查阅{year}年度清单。"),
)
NOT_CHECKED = ProblemType(
    "dormant_list_not_checked",
    409,
    Text("Nothing to answer", "当前不能核对"),
    Text("It is {status}: its unit has nothing to say of it now.", "当前状态为 `{status}`，单位不能再作答复。"),
    Text("Send the answer while the list is `checking`.", "请在清单处于 `checking` 期间答复。"),
)
ANSWER_INCOMPLETE = ProblemType(
    "dormant_answer_incomplete",
    422,
    Text("Answer does not fit", "答复内容不完整"),
    Text(
        "`explained` needs a reason, the reason `other` a note, and `confirmed` has no reason.",
        "`explained` 应当填写原因，原因为 `other` 时应当填写说明；`confirmed` 不填写原因。",
    ),
    Text(
        "Send `explained` with a `reason`, or `confirmed` without one.",
        "请以 `explained` 填写 `reason`，或者以 `confirmed` 不填原因。",
    ),
)
STILL_DORMANT = ProblemType(
    "still_dormant",
    409,
    Text("Still dormant by the record", "按现有记录仍未转化"),
    Text(
        "By its record the result is publicly funded, may be told of, and its conversion has not begun.",
        "按现有记录，该成果由财政性资金支持、可以公开，且尚未组织实施转化。",
    ),
    Text(
        "Record the day on which conversion began, or correct the result, and ask again.",
        "请登记组织实施转化的日期，或者更正成果信息，然后再次申请。",
    ),
    POLICY.art("12"),
)
NOT_PUBLISHABLE = ProblemType(
    "dormant_list_not_publishable",
    409,
    Text("Units still check the list", "各单位核对尚未结束"),
    Text("Units may answer until {until}, and not all have.", "各单位可以在{until}及之前答复，尚有单位未答复。"),
    Text("Wait until {until} is over, or until every result is answered for.", "请在{until}之后，或者全部答复后发布。"),
)
ALREADY_PUBLISHED = ProblemType(
    "dormant_list_published",
    409,
    Text("List is published already", "清单已经发布"),
    Text("A list is published once.", "每年度清单只发布一次。"),
    Text("Read the published list.", "请查阅已发布的清单。"),
)
