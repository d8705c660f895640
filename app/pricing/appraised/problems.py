"""The refusals of purchase offers."""

from app.core.problems import ProblemType, Text

NOT_APPRAISED = ProblemType(
    "not_appraised",
    409,
    Text("The price does not rest on an appraisal", "非评估定价"),
    Text("The price of this listing is found by `{pricing_mode}`.", "该挂牌以 `{pricing_mode}` 定价。"),
    Text("Make purchase offers on listings with `pricing_mode` `appraised`.",
         "仅可对 `pricing_mode` 为 `appraised` 的挂牌发出购买要约。"),
)  # fmt: skip
OFFER_EXISTS = ProblemType(
    "purchase_offer_exists",
    409,
    Text("You have an offer already", "已有购买要约"),
    Text("Your offer {number} on this listing is {status}; it stands until {expires_at}.",
         "贵组织对该挂牌的要约 {number} 状态为 {status},有效期至 {expires_at}。"),
    Text("Withdraw it if it is revocable, or offer anew after {expires_at}.",
         "可撤销的请先撤销,或于 {expires_at} 之后重新发出。"),
)  # fmt: skip
OFFER_NOT_OPEN = ProblemType(
    "purchase_offer_not_open",
    409,
    Text("The offer's state does not allow it", "要约状态不允许此操作"),
    Text("The offer {number} is {status}; this is for one that is {wanted}.",
         "要约 {number} 状态为 {status};此操作须为 {wanted}。"),
)  # fmt: skip
SELLERS_STEP = ProblemType(
    "purchase_offer_sellers_step",
    403,
    Text("For the seller", "限卖方"),
    Text("A purchase offer is accepted and closed by the seller.", "购买要约由卖方承诺并办理成交。"),
    Text("Wait for the seller; your offer says until when it stands.", "请等待卖方;要约载明有效期。"),
)
BUYERS_STEP = ProblemType(
    "purchase_offer_buyers_step",
    403,
    Text("For the buyer", "限买方"),
    Text("A purchase offer is withdrawn by the buyer who made it.", "购买要约由发出要约的买方撤销。"),
    Text("Leave it unaccepted: it ends at its expiry.", "不予承诺即可:要约到期自行失效。"),
)
