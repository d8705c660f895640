"""The refusals of an auction's states and of its bidders. Those of a bid itself stand in `auction/problems.py`."""

from collections.abc import Mapping

from app.core.problems import Problem, ProblemType, Text
from app.law.instruments import AUCTION_LAW

BIDDER_RULE = AUCTION_LAW.art("22, 23, 30")

NOT_AUCTIONED = ProblemType(
    "not_auctioned",
    409,
    Text("Price is not found by auction", "非拍卖定价"),
    Text("The pricing mode of the listing is `{pricing_mode}`.", "该挂牌以 `{pricing_mode}` 定价。"),
    Text("Choose a published listing with the `pricing_mode` `auction`.",
         "仅 `pricing_mode` 为 `auction` 且已发布的挂牌可拍卖。"),
)  # fmt: skip
AUCTION_EXISTS = ProblemType(
    "auction_exists",
    409,
    Text("Listing already has an auction", "该挂牌已有拍卖"),
    Text("Auction {number} of this listing is {status}.", "该挂牌的拍卖 {number} 状态为 {status}。"),
    Text("Wait until the auction has ended, or cancel it first.", "请待其结束,或先取消。"),
)
AUCTION_STATE = ProblemType(
    "auction_state",
    409,
    Text("Wrong state of the auction", "拍卖状态不允许此操作"),
    Text("The auction is {status}. This step needs one that is {wanted}.", "拍卖状态为 {status};此操作须为 {wanted}。"),
    Text("Wait until the auction is {wanted}. Its `status` shows its state.",
         "请在拍卖状态为 {wanted} 时操作;当前状态见其 `status`。"),
)  # fmt: skip
_OVER = Text("The auction has ended and accepts nothing more. Wait until the lot is auctioned again.",
             "拍卖已结束,不再受理;该标的可再次拍卖。")  # fmt: skip
_REMEDIES: Mapping[str, Text] = {
    "proposed": Text("Wait until the operator has announced the auction.", "请待交易机构公告。"),
    "suspended": Text("Wait until the operator has resumed the auction. The later times move by the length of the suspension.",
                      "请待交易机构恢复拍卖;尚未到来的时间顺延。"),
    "ended": _OVER, "closed": _OVER, "cancelled": _OVER,
}  # fmt: skip


def wrong_state(status: str, wanted: str) -> Problem:
    """The refusal `auction_state`: what may be done about it depends on where the auction stands."""
    return AUCTION_STATE(status=status, wanted=wanted, remedy=_REMEDIES.get(status))


NOTICE_TOO_SHORT = ProblemType(
    "auction_notice_too_short",
    422,
    Text("Notice is too short", "公告期不足"),
    Text("The bidding would begin on {starts_on}. An auction announced on {today} may begin on {earliest} at the "
         "earliest.",
         "拟于 {starts_on} 开始竞价;{today} 公告的,最早可于 {earliest} 开始。"),
    Text("Send a `starts_at` on or after {earliest}.", "请填写不早于{earliest}的 `starts_at`。"),
    AUCTION_LAW.art("45"),
)  # fmt: skip
VIEWING_TOO_SHORT = ProblemType(
    "auction_viewing_too_short",
    422,
    Text("Viewing is too short", "展示期不足"),
    Text("The viewing from {first} to {last} gives {days} days before the start. At least {least} days are needed.",
         "{first} 至 {last} 展示 {days} 日;开始前至少应展示 {least} 日。"),
    Text("Send a viewing of at least {least} days that ends before the bidding begins.",
         "请安排不少于{least}日的展示，并于竞价开始前结束。"),
    AUCTION_LAW.art("48"),
)  # fmt: skip
BIDDER_BARRED = ProblemType(
    "bidder_barred",
    403,
    Text("Not allowed to bid", "不得竞买"),
    Text("{why}", "{why}"),
    Text("Leave the bidding to others. The seller, its agency, their related parties and the staff of the exchange "
         "must not bid, nor let others bid for them.",
         "委托人及其代理、关联方和交易机构工作人员不得竞买，也不得委托他人代为竞买。"),
    BIDDER_RULE,
)  # fmt: skip
NOT_A_BIDDER = ProblemType(
    "not_a_bidder",
    403,
    Text("Not a bidder of this auction", "非本场竞买人"),
    Text("Your organisation has no paddle in this auction.", "贵组织未取得本场竞买号牌。"),
    Text("Register before the bidding begins, and pay the deposit.", "请于竞价开始前报名并缴纳保证金。"),
)
ALREADY_A_BIDDER = ProblemType(
    "already_a_bidder",
    409,
    Text("Already registered", "已报名"),
    Text("Your organisation has paddle {paddle} in this auction.", "贵组织在本场拍卖的号牌为 {paddle}。"),
    Text("Pay the deposit, and bid with that paddle. `bidders/own` shows both.",
         "请缴纳保证金并以该号牌竞买;详见 `bidders/own`。"),
)  # fmt: skip
DEPOSIT_MISSING = ProblemType(
    "deposit_missing",
    409,
    Text("Deposit missing", "保证金未到账"),
    Text("The exchange holds no deposit of your organisation for this auction.",
         "贵组织在本场拍卖中没有有效的保证金。"),
    Text("Pay the deposit that was requested. You can bid after the bank has confirmed it.",
         "请缴纳所要求的保证金;银行确认到账后即可竞买。"),
)  # fmt: skip
ON_BEHALF = ProblemType(
    "bid_on_behalf",
    403,
    Text("Bid for another organisation", "代他人出价"),
    Text("The bid names {named}. Your key acts for another organisation.", "出价指明 {named};您的密钥代表另一组织。"),
    Text("Use a key of the organisation that bids.", "请使用竞买组织自己的密钥出价。"),
)
MAXIMUM_FOREIGN = ProblemType(
    "bid_maximum_foreign",
    422,
    Text("No maximum in this form", "此方式无最高限价"),
    Text("The form of the auction is `{form}`. Only an ascending auction bids for you up to a maximum.",
         "本场拍卖为 `{form}` 方式;仅增价拍卖可代您出价至最高限价。"),
    Text("Leave `maximum` out.", "请勿填写 `maximum`。"),
)  # fmt: skip
NOT_BEGUN = ProblemType(
    "auction_not_begun",
    409,
    Text("Bidding has not begun", "竞价尚未开始"),
    Text("The bidding begins at {starts_at}. The server time is {server_time}.",
         "竞价于 {starts_at} 开始;服务器时间为 {server_time}。"),
    Text("Bid from {starts_at} on.", "请于 {starts_at} 起出价。"),
)  # fmt: skip
REGISTRATION_OVER = ProblemType(
    "auction_registration_over",
    409,
    Text("Registration has ended", "报名已截止"),
    Text("Registration ended at {until}. The server time is {server_time}.",
         "报名已于 {until} 截止;服务器时间为 {server_time}。"),
    Text("Register for another auction before its `starts_at`. A lot that is not sold may be auctioned again.",
         "请在其他拍卖的 `starts_at` 前报名;本标的未成交的,可再次拍卖。"),
)  # fmt: skip
TERMS_NOT_ACCEPTED = ProblemType(
    "auction_terms_not_accepted",
    422,
    Text("Terms not accepted", "未接受竞买条款"),
    Text("A bidder must accept the published terms of the listing and the auction.",
         "竞买须接受挂牌与拍卖的公告条款。"),
    Text("Send `terms_accepted` true and `listing_version` {version}.",
         "请发送 `terms_accepted` 为 true,`listing_version` 为 {version}。"),
)  # fmt: skip
RESERVE_TOO_LOW = ProblemType(
    "auction_reserve_too_low",
    422,
    Text("Reserve has no effect", "保留价无意义"),
    Text("The reserve is below the starting price {starting_price}.", "保留价低于起拍价 {starting_price}。"),
    Text(
        "Send a reserve of at least {starting_price}, or none.",
        "请填写不低于{starting_price}元的保留价，或者不设保留价。",
    ),
    AUCTION_LAW.art("28, 50"),
)
RESERVE_FOREIGN = ProblemType(
    "auction_reserve_foreign",
    422,
    Text("No reserve in this form", "此方式无保留价"),
    Text("A descending auction ends at its public floor.", "减价拍卖以公开的最低价为限。"),
    Text("Send `price_floor` instead.", "请改用 `price_floor`。"),
)
CLERK_OVERLOADED = ProblemType(
    "bids_overloaded",
    503,
    Text("Too many bids are waiting", "待处理出价过多"),
    Text("More than {limit} bids are waiting in this process. Your bid was not accepted.",
         "本进程待决出价超过 {limit} 笔;您的出价未被受理。"),
    Text("Retry with the same Idempotency-Key.", "请以同一 Idempotency-Key 重试。"),
)  # fmt: skip
LISTING_IN_AUCTION = ProblemType(
    "listing_in_auction",
    409,
    Text("Listing is being auctioned", "该挂牌正在拍卖"),
    Text("Auction {number} of the listing is {status}.", "该挂牌的拍卖 {number} 状态为 {status}。"),
    Text("Ask the operator to suspend or cancel the auction.", "请由运营方中止或取消该场拍卖。"),
)
OFFER_NOT_YOURS = ProblemType(
    "auction_offer_not_open",
    409,
    Text("No offer to your organisation", "没有向您发出的递补要约"),
    Text("The auction has no open offer to your organisation.", "本场拍卖没有向贵组织发出的有效递补要约。"),
    Text("Check `offered_to` and `offer_ends_at`. Only that paddle can accept, and only until that time.",
         "递补要约仅向 `offered_to` 所示号牌发出,`offer_ends_at` 前有效。"),
)  # fmt: skip
WATCHERS_TOO_MANY = ProblemType(
    "watchers_too_many",
    503,
    Text("Too many watchers", "观看连接过多"),
    Text("This process already serves {limit} watchers.", "本进程已有 {limit} 个观看连接。"),
    Text("Try again in a few seconds, or poll `/live`.", "请几秒后重试,或改用 `/live` 轮询。"),
)
