"""The refusals of voiding bids."""

from app.core.problems import ProblemType, Text

NO_STANDING_BID = ProblemType(
    "no_standing_bid",
    422,
    Text("No bid that stands", "该报价不在有效报价之列"),
    Text("Entry {seq} of the log is no accepted bid that stands, or one of another paddle.",
         "记录第 {seq} 条不是现仍有效的报价,或者属于另一号牌。"),
    Text("Name accepted bids of one paddle that are not voided yet.", "请填写同一号牌、尚未作废的有效报价。"),
)  # fmt: skip
VOID_WITHOUT_GROUND = ProblemType(
    "void_without_ground",
    409,
    Text("No ground to void the bid", "作废报价缺少依据"),
    Text("Entry {seq} of the log: {why}", "记录第 {seq} 条:{why}"),
    Text(
        "Record the ground first: report the incident of the key, or suspend the organisation.",
        "请先登记依据:报告该密钥的安全事件,或者暂停该单位的资格。",
    ),
)
KEY_NOT_STOLEN = Text("it was not made with a key that was reported in an incident", "并非以已报告安全事件的密钥作出")
NOT_STOPPED = Text("its organisation is verified", "报价单位的资格正常")
