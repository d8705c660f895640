"""The refusals of the ledger."""

from typing import Final

from app.core.problems import ProblemType, Text
from app.law.instruments import DEPOSITS

INSTRUCTION: Final = Text("settlement instruction", "缴款通知或划款指令")
DEPOSIT: Final = Text("deposit", "保证金")

DEPOSIT_EXISTS = ProblemType(
    "deposit_exists",
    409,
    Text("Deposit already requested", "保证金已要求缴纳"),
    Text(
        "The organisation already has deposit {number} for this purpose. It is {status}.",
        "该组织就此事项的保证金 {number} 状态为 {status}。",
    ),
    Text("Use deposit {number}.", "请使用保证金 {number}。"),
)
DEPOSIT_AMOUNT_WRONG = ProblemType(
    "deposit_amount_wrong",
    422,
    Text("Wrong deposit amount", "保证金金额不符"),
    Text("The amount received is {amount}. The deposit is {required}.", "到账 {amount};保证金应为 {required}。"),
    Text(
        "Confirm exactly {required} for this deposit. Confirm a different amount without `purpose_reference`; it "
        "stays in suspense until the operator resolves it.",
        "到账金额应当与应交保证金{required}元一致。金额不符的，登记时不填 `purpose_reference`，先列入待查款项。",
    ),
    DEPOSITS,
)
DEPOSIT_NOT_PAYABLE = ProblemType(
    "deposit_not_payable",
    409,
    Text("Deposit cannot be paid", "保证金不再收款"),
    Text(
        "Deposit {number} is {status}. A deposit is paid once.",
        "保证金 {number} 状态为 {status};每笔保证金只收款一次。",
    ),
    Text(
        "Confirm the amount without `purpose_reference`. It stays in suspense until it is returned.",
        "请不带 `purpose_reference` 确认该笔款项,先入待查款项,再予退回。",
    ),
    DEPOSITS,
)
DEPOSIT_NOT_HELD = ProblemType(
    "deposit_not_held",
    409,
    Text("Deposit is not held", "保证金未在冻结中"),
    Text("Deposit {number} is {status}.", "保证金 {number} 状态为 {status}。"),
    Text("Choose a deposit that is: {allowed}.", "仅以下状态的保证金可作此处理:{allowed}。"),
)
MORE_THAN_HELD = ProblemType(
    "more_than_held",
    422,
    Text("More than the balance", "超过现有余额"),
    Text("The amount {amount} exceeds the balance {held}.", "{amount} 超过现有余额 {held}。"),
    Text("Send an amount of at most {held}.", "金额不得超过余额{held}元。"),
)
INSTRUCTION_AMOUNT_WRONG = ProblemType(
    "instruction_amount_wrong",
    422,
    Text("Wrong amount for the instruction", "指令金额不符"),
    Text(
        "The amount paid is {amount}. Instruction {number} requires {required}.",
        "实际 {amount};指令 {number} 为 {required}。",
    ),
    Text(
        "Confirm exactly {required} for this instruction. Confirm a different amount without `purpose_reference`; "
        "it stays in suspense until the operator resolves it.",
        "金额应当等于{required}元。金额不符的，登记时不填 `purpose_reference`，先列入待查款项。",
    ),
)
INSTRUCTION_NOT_OPEN = ProblemType(
    "instruction_not_open",
    409,
    Text("Instruction is not open", "指令已了结"),
    Text(
        "Instruction {number} is {status}. An instruction is settled once.",
        "指令 {number} 状态为 {status};每条指令只结算一次。",
    ),
    Text(
        "Confirm the amount without `purpose_reference`. It stays in suspense until the operator resolves it.",
        "请不带 `purpose_reference` 确认该笔款项,先入待查款项。",
    ),
)
DIRECTION_WRONG = ProblemType(
    "direction_wrong",
    422,
    Text("Wrong direction of payment", "资金方向不符"),
    Text(
        "The direction of {number} is {expected}, not {direction}.",
        "{number} 的资金方向为 {expected},而非 {direction}。",
    ),
    Text(
        "Confirm the payment as `{expected}`, or confirm it without `purpose_reference`.",
        "请按 `{expected}` 确认,或不带 `purpose_reference`。",
    ),
)
BANK_TIME_IN_FUTURE = ProblemType(
    "bank_time_in_future",
    422,
    Text("Bank time is in the future", "银行时间晚于当前时间"),
    Text("The time {given} is after the current time {now}.", "{given} 晚于当前时间 {now}。"),
    Text("Send a time no later than {now}.", "请填写不晚于{now}的时间。"),
)
BANK_TIME_TOO_OLD = ProblemType(
    "bank_time_too_old",
    422,
    Text("Bank time is too long ago", "银行时间过早"),
    Text("The time {given} is more than a year ago.", "{given} 距今已超过一年。"),
    Text("Send a time of {earliest} or later.", "请填写不早于{earliest}的时间。"),
)
CONFIRMATION_SETTLED = ProblemType(
    "confirmation_settled",
    409,
    Text("Confirmation already processed", "确认已处理"),
    Text("The bank confirmation is already {state}.", "该笔银行回单已{state}，不能重复处理。"),
    Text(
        "Choose a confirmation that is still open. Each is matched, resolved or reversed once.",
        "请选择尚未处理的银行回单；每笔银行回单只能核对、认领或者冲销一次。",
    ),
)
RESOLUTION_UNFIT = ProblemType(
    "resolution_unfit",
    422,
    Text("Resolution does not fit", "处理方式不适用"),
    Text("The resolution `{kind}` does not fit a payment with direction {direction}.",
         "`{kind}` 不适用于方向为 {direction} 的款项。"),
    Text("Resolve money received as `deposit`, `instruction` or `return`. Resolve money paid as `instruction`.",
         "收款请按 `deposit`、`instruction` 或者 `return` 处理；付款请按 `instruction` 处理。"),
)  # fmt: skip
NOT_REVERSIBLE = ProblemType(
    "not_reversible",
    409,
    Text("Money has moved on", "款项已另作处理"),
    Text("{number} is {status}. The money was used in a later step.", "{number} 状态为 {status},款项已另作处理。"),
    Text("Undo the later step first.", "请先撤销其后的处理。"),
)
