"""The refusals of the ledger."""

from typing import Final

from app.core.problems import ProblemType, Text
from app.law.instruments import DEPOSITS

INSTRUCTION: Final = Text("settlement instruction", "缴款通知或划款指令")
DEPOSIT: Final = Text("deposit", "保证金")

DEPOSIT_EXISTS = ProblemType(
    "deposit_exists",
    409,
    Text("Deposit asked for already", "保证金已要求缴纳"),
    Text(
        "The organisation's deposit {number} for this is {status}.", "该组织就此事项的保证金 {number} 状态为 {status}。"
    ),
    Text("Use deposit {number}.", "请使用保证金 {number}。"),
)
DEPOSIT_AMOUNT_WRONG = ProblemType(
    "deposit_amount_wrong",
    422,
    Text("Wrong amount for the deposit", "保证金金额不符"),
    Text("{amount} arrived; the deposit is {required}.", "到账 {amount};保证金应为 {required}。"),
    Text(
        "Exactly {required}. Confirm another sum without `purpose_reference`: it stands in suspense until resolved.",
        "金额须恰为 {required}。其他金额请不带 `purpose_reference` 确认,先入待查款项。",
    ),
    DEPOSITS,
)
DEPOSIT_NOT_PAYABLE = ProblemType(
    "deposit_not_payable",
    409,
    Text("Deposit takes no money", "保证金不再收款"),
    Text(
        "Deposit {number} is {status}; a deposit takes money once.",
        "保证金 {number} 状态为 {status};每笔保证金只收款一次。",
    ),
    Text(
        "Confirm the sum without `purpose_reference`: it stands in suspense until it is returned.",
        "请不带 `purpose_reference` 确认该笔款项,先入待查款项,再予退回。",
    ),
    DEPOSITS,
)
DEPOSIT_NOT_HELD = ProblemType(
    "deposit_not_held",
    409,
    Text("Deposit is not held", "保证金未在冻结中"),
    Text("Deposit {number} is {status}.", "保证金 {number} 状态为 {status}。"),
    Text("This can be done with a deposit that is: {allowed}.", "仅以下状态的保证金可作此处理:{allowed}。"),
)
MORE_THAN_HELD = ProblemType(
    "more_than_held",
    422,
    Text("More than is held", "超过现有余额"),
    Text("{amount} is more than the {held} that stands there.", "{amount} 超过现有余额 {held}。"),
    Text("At most {held}.", "至多 {held}。"),
)
INSTRUCTION_AMOUNT_WRONG = ProblemType(
    "instruction_amount_wrong",
    422,
    Text("Wrong amount for the instruction", "指令金额不符"),
    Text("{amount} moved; instruction {number} is for {required}.", "实际 {amount};指令 {number} 为 {required}。"),
    Text(
        "Exactly {required}. Confirm another sum without `purpose_reference`: it stands in suspense until resolved.",
        "金额须恰为 {required}。其他金额请不带 `purpose_reference` 确认,先入待查款项。",
    ),
)
INSTRUCTION_NOT_OPEN = ProblemType(
    "instruction_not_open",
    409,
    Text("Instruction is not open", "指令已了结"),
    Text("Instruction {number} is {status}; it is settled once.", "指令 {number} 状态为 {status};每条指令只结算一次。"),
    Text(
        "Confirm the sum without `purpose_reference`: it stands in suspense until resolved.",
        "请不带 `purpose_reference` 确认该笔款项,先入待查款项。",
    ),
)
DIRECTION_WRONG = ProblemType(
    "direction_wrong",
    422,
    Text("Money went the other way", "资金方向不符"),
    Text(
        "{number} is for money going {expected}, not {direction}.",
        "{number} 的资金方向为 {expected},而非 {direction}。",
    ),
    Text(
        "Confirm it as `{expected}`, or without `purpose_reference`.",
        "请按 `{expected}` 确认,或不带 `purpose_reference`。",
    ),
)
BANK_TIME_IN_FUTURE = ProblemType(
    "bank_time_in_future",
    422,
    Text("The bank's time is still to come", "银行时间晚于当前时间"),
    Text("{given} is after now, {now}.", "{given} 晚于当前时间 {now}。"),
    Text("A time up to {now}.", "时间不得晚于 {now}。"),
)
CONFIRMATION_SETTLED = ProblemType(
    "confirmation_settled",
    409,
    Text("Confirmation is settled", "确认已处理"),
    Text("The confirmation is {state} already.", "该确认已处理:{state}。"),
    Text("Each confirmation is matched, resolved or reversed once.", "每笔确认只能匹配、处理或冲销一次。"),
)
RESOLUTION_UNFIT = ProblemType(
    "resolution_unfit",
    422,
    Text("Resolution does not fit", "处理方式不适用"),
    Text("`{kind}` does not fit money that went {direction}.", "`{kind}` 不适用于方向为 {direction} 的款项。"),
    Text("Money in: `deposit`, `instruction` or `return`. Money out: `instruction`.",
         "收款:`deposit`、`instruction`、`return`;付款:`instruction`。"),
)  # fmt: skip
NOT_REVERSIBLE = ProblemType(
    "not_reversible",
    409,
    Text("Money has moved on", "款项已另作处理"),
    Text("{number} is {status}; its money has moved on.", "{number} 状态为 {status},款项已另作处理。"),
    Text("Undo the later step first.", "请先撤销其后的处理。"),
)
