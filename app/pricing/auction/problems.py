"""The refusals of auctions that the forms know: wrong conditions, and bids that are not accepted."""

from collections.abc import Mapping
from typing import Final

from app.core.problems import ProblemType, Text
from app.law.instruments import AUCTION_LAW
from app.pricing.auction.kinds import Refusal

CONDITION_MISSING = ProblemType(
    "auction_condition_missing",
    422,
    Text("Condition missing", "该竞价方式须有此项"),
    Text("An auction of the form `{form}` needs `{name}` for its end or its price.",
         "`{form}` 方式的拍卖缺少 `{name}`,无法确定截止时间或价格。"),
    Text("Send `{name}`.", "请填写 `{name}`。"),
)  # fmt: skip
CONDITION_FOREIGN = ProblemType(
    "auction_condition_foreign",
    422,
    Text("Condition not in this form", "该竞价方式无此项"),
    Text("An auction of the form `{form}` has no `{name}`.", "`{form}` 方式的拍卖没有 `{name}`。"),
    Text("Leave `{name}` out, or choose another form.", "请勿填写 `{name}`,或改用其他方式。"),
)
CONDITION_NOT_POSITIVE = ProblemType(
    "auction_condition_not_positive",
    422,
    Text("Value must be above zero", "须大于零"),
    Text("`{name}` is {value}.", "`{name}` 为 {value}。"),
    Text("Send a `{name}` above 0.", "`{name}` 须大于 0。"),
)
TIMES_OUT_OF_ORDER = ProblemType(
    "auction_times_out_of_order",
    422,
    Text("Times in the wrong order", "时间次序有误"),
    Text("`{name}` {value} is before {earliest}.", "`{name}` {value} 早于 {earliest}。"),
    Text("Send a `{name}` no earlier than {earliest}.", "`{name}` 不得早于 {earliest}。"),
)
LADDER_OUT_OF_ORDER = ProblemType(
    "auction_ladder_out_of_order",
    422,
    Text("Price ladder in the wrong order", "加价阶梯次序有误"),
    Text("The bands begin at {bands}.", "各档起点为 {bands}。"),
    Text(
        "Send bands that begin at or below {lowest} and rise without repetition.",
        "请使首档起点不高于{lowest}元，其后逐档递增且不重复。",
    ),
)
LADDER_STEPS_FALL = ProblemType(
    "auction_ladder_steps_fall",
    422,
    Text("Steps fall as the price rises", "加价幅度随价格递减"),
    Text("From {from_price} on the step is {step}. The step before it is {previous}.",
         "自 {from_price} 起幅度为 {step},低于前一档的 {previous}。"),
    Text("Send a step of at least {previous} from {from_price} on.",
         "请自{from_price}元起填写不低于{previous}元的加价幅度。"),
)  # fmt: skip
FLOOR_TOO_HIGH = ProblemType(
    "auction_floor_too_high",
    422,
    Text("Floor is too high", "价格无从下降"),
    Text("The floor {price_floor} is not below the starting price {starting_price}.",
         "最低价 {price_floor} 不低于起拍价 {starting_price}。"),
    Text("Send a `price_floor` below {starting_price}.", "请填写低于{starting_price}元的 `price_floor`。"),
)  # fmt: skip

BID_TOO_LOW = ProblemType(
    "bid_too_low",
    409,
    Text("Bid is too low", "出价过低"),
    Text("You bid {amount}. The minimum is {minimum}. The server time is {server_time}.",
         "您的出价为 {amount};当前最低有效出价为 {minimum}(服务器时间 {server_time})。"),
    Text("Bid {minimum} or more before {ends_at}.", "请在 {ends_at} 前出价不低于 {minimum}。"),
)  # fmt: skip
BID_TOO_LATE = ProblemType(
    "bid_too_late",
    409,
    Text("Bidding has ended", "竞价已结束"),
    Text("The bidding ended at {ends_at}. The server time was {server_time}.",
         "竞价截止于 {ends_at};服务器时间为 {server_time}。"),
    Text("Send bids so that they reach the server before the end. This bidding ended at {ends_at}.",
         "出价应当在截止时间前到达服务器，本次竞价已于{ends_at}截止。"),
)  # fmt: skip
BID_ALREADY_LEADING = ProblemType(
    "bid_already_leading",
    409,
    Text("You already lead", "您已领先"),
    Text("Your bid leads at {price}. It is binding until somebody bids more.",
         "您的出价以 {price} 领先;在出现更高出价前对您有约束力。"),
    Text("Wait until somebody bids {minimum} or more, or raise your `maximum`.",
         "请等待他人出价达到 {minimum},或提高您的 `maximum`。"),
    AUCTION_LAW.art("36"),
)  # fmt: skip
BID_MAXIMUM_BELOW_AMOUNT = ProblemType(
    "bid_maximum_below_amount",
    422,
    Text("Maximum is below the bid", "最高限价低于出价"),
    Text("The maximum {maximum} is below the amount {amount}.", "最高限价 {maximum} 低于出价 {amount}。"),
    Text("Send a `maximum` of at least {amount}, or none.", "请填写不低于{amount}元的 `maximum`，或者不填。"),
)
BID_ALREADY_TAKEN = ProblemType(
    "bid_already_taken",
    409,
    Text("Another bidder was first", "已由他人应价"),
    Text("The lot was sold at {price}. The server time was {server_time}.",
         "该标的已以 {price} 成交;服务器时间为 {server_time}。"),
    Text("Stop bidding. The first bid at or above the current price buys the lot.",
         "首个不低于当时价格的应价即成交，此后不再受理，请勿继续出价。"),
)  # fmt: skip

REFUSALS: Final[Mapping[Refusal, ProblemType]] = {
    Refusal.TOO_LOW: BID_TOO_LOW,
    Refusal.TOO_LATE: BID_TOO_LATE,
    Refusal.ALREADY_LEADING: BID_ALREADY_LEADING,
    Refusal.MAXIMUM_BELOW_AMOUNT: BID_MAXIMUM_BELOW_AMOUNT,
    Refusal.ALREADY_TAKEN: BID_ALREADY_TAKEN,
}
"""Each takes `amount`, `maximum`, `minimum`, `price`, `ends_at` and `server_time`."""
