"""The refusals of deals."""

from app.core.problems import ProblemType, Text
from app.law.instruments import CIVIL_CODE, DEPOSITS

LISTING_TAKEN = ProblemType(
    "listing_taken",
    409,
    Text("Listing is taken", "该项目已有受让方"),
    Text("Another deal on listing {number} was agreed first.", "项目{number}已由其他受让方先行成交。"),
    Text("Watch the listing. It becomes `published` again if that deal ends without a contract.",
         "请关注该挂牌:若该成交未签合同而终止,将恢复为 `published`。"),
)  # fmt: skip
MERGER_OF_BOTH_SIDES = ProblemType(
    "merger_of_both_sides",
    409,
    Text("Both sides of a deal would merge", "成交双方将合并为一"),
    Text("The organisations are seller and buyer of deal {number}, which has no contract yet.",
         "两单位为成交项目{number}的转让方与受让方，且合同尚未签订。"),
    Text("First sign its contract, or cancel the deal.", "请先签订合同，或者取消该成交。"),
)  # fmt: skip
PARTIES_MERGED = ProblemType(
    "parties_merged",
    409,
    Text("Seller and buyer have merged", "转让方与受让方已合并"),
    Text("One organisation stands on both sides since a merger. Nobody sells to oneself.",
         "合并之后，转让方与受让方为同一单位，不能自行交易。"),
    Text("End the sale; the listing is free again.", "请终止该交易，挂牌项目随即恢复。"),
    CIVIL_CODE.art("557, 576"),
)  # fmt: skip
DEAL_NOT_OPEN = ProblemType(
    "deal_not_open",
    409,
    Text("Wrong state of the deal", "成交状态不允许此操作"),
    Text("The deal is {status}. Only a deal that is agreed and has no contract allows {what}.",
         "成交状态为 {status};{what} 仅适用于已达成且未签合同的成交。"),
    Text("Choose a deal that is agreed. A deal with a contract ends with the contract; a cancelled or expired deal "
         "stays as it is.",
         "请选择已成交且未签约的项目；已签约的随合同终止，已取消或者逾期失效的不再变更。"),
)  # fmt: skip
DEFAULT_MISSING = ProblemType(
    "default_missing",
    422,
    Text("Defaulting party missing", "请认定违约方"),
    Text("The exchange holds the buyer's deposit for deal {number}. The operator must say who defaulted.",
         "成交 {number} 有买方保证金在存,运营方须说明违约方。"),
    Text("Send `defaulted`. With `buyer` the deposit is forfeited; with `seller` or `none` it is returned.",
         "请填写 `defaulted`。`buyer`：受让方违约，保证金不予退还；`seller`：转让方违约，退还保证金；`none`：双方均无"
         "违约，退还保证金。"),
    DEPOSITS,
)  # fmt: skip
DEFAULT_NOT_YOURS = ProblemType(
    "default_not_yours",
    403,
    Text("Not allowed to name the defaulting party", "无权认定违约方"),
    Text("A party that cancels counts as the party that defaulted. In other cases the operator decides who defaulted.",
         "由当事方取消的,视为该方不履行;其他情形由运营方认定违约方。"),
    Text("Leave `defaulted` out, or ask the operator to cancel the deal with a finding.",
         "请不要给出 `defaulted`,或请运营方认定后取消。"),
)  # fmt: skip
NO_DEFAULT_OPEN = ProblemType(
    "no_default_open",
    409,
    Text("No default to decide", "无须认定"),
    Text("Deal {number} is {status}. No deposit of its buyers waits for a decision.",
         "成交 {number} 状态为 {status},没有待处理的买方保证金。"),
    Text("Choose a deal that ended without a contract while its buyer's deposit was held. Each is decided once.",
         "请选择未签约而终止、且受让方保证金仍留存的成交项目；每个项目只认定一次。"),
)  # fmt: skip
SIDE_DOES_NOT_SUM = ProblemType(
    "side_does_not_sum",
    422,
    Text("Shares do not sum to 1", "份额之和不为 1"),
    Text("The shares of {side} sum to {total}.", "{side} 的份额之和为 {total}。"),
    Text(
        "Send shares that sum to exactly 1. Equal thirds are 0.333334, 0.333333 and 0.333333.",
        "请使份额之和等于1；三方均分为 0.333334、0.333333、0.333333。",
    ),
)
PARTY_TWICE = ProblemType(
    "party_twice",
    422,
    Text("Party is named twice", "当事方重复"),
    Text(
        "An organisation has one role in a deal: seller, buyer or agency.",
        "同一组织在一项成交中只能以一种身份出现一次。",
    ),
)
AGREED_IN_FUTURE = ProblemType(
    "agreed_in_future",
    422,
    Text("Date is in the future", "日期在将来"),
    Text("A deal of {day} cannot be recorded on {today}.", "不能在 {today} 记录 {day} 的成交。"),
    Text("Send a day up to {today}.", "请填写不晚于{today}的日期。"),
)
AGREEMENT_DAY_MISSING = ProblemType(
    "agreement_day_missing",
    422,
    Text("Date missing", "缺少日期"),
    Text("The request has neither the day of the agreement nor the day of its publication.",
         "未给出达成日期,也未给出公布日期。"),
    Text("Send `agreed_on`. If the source does not tell it, send `published_on`.",
         "请给出 `agreed_on`;来源未载明的,给出 `published_on`。"),
)  # fmt: skip
