"""The refusals of matching."""

from app.core.problems import ProblemType, Text

MATCH_DECLINED = ProblemType(
    "match_declined",
    409,
    Text("Match already declined", "该匹配已谢绝"),
    Text("This match was declined. It does not come back.", "该匹配已谢绝，不再推荐。"),
    Text(
        "Choose another match. To go on with this one, respond to the demand, or make an offer on the listing.",
        "请选择其他匹配；如仍有意，请直接应答需求或者对交易项目提出报价。",
    ),
)
