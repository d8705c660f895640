"""The refusals of deals."""

from app.core.problems import ProblemType, Text
from app.law.instruments import DEPOSITS

LISTING_TAKEN = ProblemType(
    "listing_taken",
    409,
    Text("The listing is taken", "挂牌已被成交占用"),
    Text("Another deal on listing {number} was agreed first.", "挂牌 {number} 已先有成交。"),
    Text("Watch the listing: it returns to `published` if that deal ends without a contract.",
         "请关注该挂牌:若该成交未签合同而终止,将恢复为 `published`。"),
)  # fmt: skip
DEAL_NOT_OPEN = ProblemType(
    "deal_not_open",
    409,
    Text("The deal's state does not allow it", "成交状态不允许此操作"),
    Text("The deal is {status}; {what} is for a deal that is agreed and not yet under contract.",
         "成交状态为 {status};{what} 仅适用于已达成且未签合同的成交。"),
    Text("A deal under contract ends with its contract; one that was cancelled or expired stays so.",
         "已签合同的成交随合同终止;已取消或已逾期的不再变更。"),
)  # fmt: skip
DEFAULT_MISSING = ProblemType(
    "default_missing",
    422,
    Text("Who defaulted is not said", "未说明违约方"),
    Text("The buyer's deposit is held for deal {number}, so the operator says who let it fail.",
         "成交 {number} 有买方保证金在存,运营方须说明违约方。"),
    Text("`defaulted`: `buyer` forfeits the deposit; `seller` and `none` give it back.",
         "`defaulted` 为 `buyer` 则没收保证金;为 `seller` 或 `none` 则退还。"),
    DEPOSITS,
)  # fmt: skip
DEFAULT_NOT_YOURS = ProblemType(
    "default_not_yours",
    403,
    Text("Not yours to find", "无权认定违约方"),
    Text("A party that cancels is the one that walks away; who else let a deal fail is for the operator to find.",
         "由当事方取消的,视为该方不履行;其他情形由运营方认定违约方。"),
    Text("Leave `defaulted` out, or ask the operator to cancel with a finding.",
         "请不要给出 `defaulted`,或请运营方认定后取消。"),
)  # fmt: skip
NO_DEFAULT_OPEN = ProblemType(
    "no_default_open",
    409,
    Text("Nothing to find", "无须认定"),
    Text("Deal {number} is {status} and no deposit of its buyers waits for a finding.",
         "成交 {number} 状态为 {status},没有待处理的买方保证金。"),
    Text("A finding is made once, for a deal that ended without a contract while its buyer's deposit was held.",
         "仅对未签合同而终止、且买方保证金仍在存的成交认定一次。"),
)  # fmt: skip
SIDE_DOES_NOT_SUM = ProblemType(
    "side_does_not_sum",
    422,
    Text("Shares do not sum to 1", "份额之和不为 1"),
    Text("The shares of {side} sum to {total}.", "{side} 的份额之和为 {total}。"),
    Text(
        "Shares that sum to exactly 1; equal thirds are 0.333334, 0.333333 and 0.333333.",
        "份额之和须恰为 1;三方均分为 0.333334、0.333333、0.333333。",
    ),
)
PARTY_TWICE = ProblemType(
    "party_twice",
    422,
    Text("Party named twice", "当事方重复"),
    Text(
        "An organisation stands once in a deal: seller, buyer or agency.",
        "同一组织在一项成交中只能以一种身份出现一次。",
    ),
)
AGREED_IN_FUTURE = ProblemType(
    "agreed_in_future",
    422,
    Text("In the future", "日期在将来"),
    Text("A deal of {day} cannot be recorded on {today}.", "不能在 {today} 记录 {day} 的成交。"),
    Text("A day up to {today}.", "不晚于 {today} 的日期。"),
)
AGREEMENT_DAY_MISSING = ProblemType(
    "agreement_day_missing",
    422,
    Text("No day given", "缺少日期"),
    Text("Neither the day of the agreement nor that of its publication is given.", "未给出达成日期,也未给出公布日期。"),
    Text("Give `agreed_on`; where the source does not tell it, `published_on`.",
         "请给出 `agreed_on`;来源未载明的,给出 `published_on`。"),
)  # fmt: skip
