"""The refusals of purchase offers."""

from app.core.problems import ProblemType, Text

NOT_APPRAISED = ProblemType(
    "not_appraised",
    409,
    Text("Price is not appraised", "非评估定价"),
    Text("The pricing mode of the listing is `{pricing_mode}`.", "该挂牌以 `{pricing_mode}` 定价。"),
    Text("Choose a listing with the `pricing_mode` `appraised`.",
         "仅可对 `pricing_mode` 为 `appraised` 的挂牌发出购买要约。"),
)  # fmt: skip
OFFER_EXISTS = ProblemType(
    "purchase_offer_exists",
    409,
    Text("Offer already made", "已有购买要约"),
    Text("Your offer {number} on this listing is {status}. It is valid until {expires_at}.",
         "贵组织对该挂牌的要约 {number} 状态为 {status},有效期至 {expires_at}。"),
    Text("Withdraw the offer if it is revocable, or make a new one after {expires_at}.",
         "可撤销的请先撤销,或于 {expires_at} 之后重新发出。"),
)  # fmt: skip
OFFER_NOT_OPEN = ProblemType(
    "purchase_offer_not_open",
    409,
    Text("Wrong state of the offer", "要约状态不允许此操作"),
    Text("Offer {number} is {status}. This step needs one that is {wanted}.",
         "要约 {number} 状态为 {status};此操作须为 {wanted}。"),
)  # fmt: skip
SELLERS_STEP = ProblemType(
    "purchase_offer_sellers_step",
    403,
    Text("Only for the seller", "限卖方"),
    Text("Only the seller accepts a purchase offer and closes the deal.", "购买要约由卖方承诺并办理成交。"),
    Text("Wait until the seller has decided. Your offer says how long it is valid.", "请等待卖方;要约载明有效期。"),
)
BUYERS_STEP = ProblemType(
    "purchase_offer_buyers_step",
    403,
    Text("Only for the buyer", "限买方"),
    Text("Only the buyer who made a purchase offer withdraws it.", "购买要约由发出要约的买方撤销。"),
    Text("Do not accept the offer. It lapses when it expires.", "不予承诺即可:要约到期自行失效。"),
)
