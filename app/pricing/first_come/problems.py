"""The refusals of a purchase at the asking price."""

from app.core.problems import ProblemType, Text

NOT_FIRST_COME = ProblemType(
    "not_first_come",
    409,
    Text("Not sold to the first comer", "非先到先得"),
    Text("The pricing mode of the listing is `{pricing_mode}`. It is not sold to the first comer.",
         "该挂牌以 `{pricing_mode}` 定价,非先到先得。"),
    Text("Choose a listing with the `allocation` `first_come`.", "仅 `allocation` 为 `first_come` 的挂牌可直接购买。"),
)  # fmt: skip
PRICE_CHANGED = ProblemType(
    "price_changed",
    409,
    Text("The price has changed", "价格与标价不一致"),
    Text("You offered {offered} CNY. The asking price is {asking_price} CNY.",
         "您提交的价格为{offered}元，现行标价为{asking_price}元。"),
    Text("Read the listing again. Buy at {asking_price} CNY if you still want it.",
         "请重新查看项目信息；仍有意受让的，请按{asking_price}元提交。"),
)  # fmt: skip
VERSION_CHANGED = ProblemType(
    "version_changed",
    409,
    Text("A newer version is published", "项目版本不一致"),
    Text("You read version {seen}. Version {current} is published.", "您提交的是第{seen}版，现行为第{current}版。"),
    Text("Read version {current}, and decide on its content.", "请读取第 {current} 版后再作决定。"),
)
