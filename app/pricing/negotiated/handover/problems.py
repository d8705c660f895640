"""The refusals of a hand-over from a demand to a negotiation."""

from app.core.problems import ProblemType, Text

LISTING_NOT_OFFERED = ProblemType(
    "listing_not_offered",
    422,
    Text("Listing does not come from the response", "交易项目与应答不符"),
    Text(
        "Listing {number} neither offers a result that response {response} names, nor has its agency as its agent.",
        "交易项目{number}的成果不在应答{response}列明的成果之内，其受托技术转移机构也不是应答方。",
    ),
    Text(
        "Choose a listing of a result in the response. The responder may add the result to its response.",
        "请选择应答所列成果的交易项目；应答方可以在应答中补充列明成果。",
    ),
)
