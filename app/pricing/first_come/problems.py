"""The refusals of a purchase at the asking price."""

from app.core.problems import ProblemType, Text

NOT_FIRST_COME = ProblemType(
    "not_first_come",
    409,
    Text("Not sold to the first comer", "非先到先得"),
    Text("The price of this listing is found by `{pricing_mode}`, not given to the first comer.",
         "该挂牌以 `{pricing_mode}` 定价,非先到先得。"),
    Text("Only listings with `allocation` `first_come` are purchased at once.",
         "仅 `allocation` 为 `first_come` 的挂牌可直接购买。"),
)  # fmt: skip
PRICE_CHANGED = ProblemType(
    "price_changed",
    409,
    Text("The price is another", "价格已不同"),
    Text("You offer CNY {offered}; the asking price is CNY {asking_price}.",
         "您的出价为 {offered} 元;挂牌价为 {asking_price} 元。"),
    Text("Read the listing again; buy at {asking_price} if you still want it.",
         "请重新读取挂牌;如仍有意,请以 {asking_price} 元购买。"),
)  # fmt: skip
VERSION_CHANGED = ProblemType(
    "version_changed",
    409,
    Text("The listing was published anew", "挂牌已重新发布"),
    Text(
        "You read version {seen}; version {current} is published.", "您读取的是第 {seen} 版;现已发布第 {current} 版。"
    ),
    Text("Read version {current} and decide on what it says.", "请读取第 {current} 版后再作决定。"),
)
