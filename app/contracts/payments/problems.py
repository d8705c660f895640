"""The refusals of payments and invoices."""

from app.core.problems import ProblemType, Text

PAYMENT_ABOVE_DUE = ProblemType(
    "payment_above_due",
    422,
    Text("Payment exceeds the amount due", "超过应付金额"),
    Text(
        "The payment {amount} exceeds the {due} that the contract still leaves due.",
        "{amount} 超过本合同尚欠的 {due}。",
    ),
    Text("Record a payment of at most {due}.", "收款不得超过{due}元，请据此登记。"),
)
TECHNICAL_ABOVE_PAYMENT = ProblemType(
    "technical_above_payment",
    422,
    Text("Technical part exceeds the payment", "技术部分超过付款"),
    Text("The technical part {technical} exceeds the payment {amount}.", "技术部分 {technical} 超过付款 {amount}。"),
    Text("Send a technical part of at most {amount}.", "技术部分不得超过{amount}元。"),
)
TECHNICAL_ABOVE_LEFT = ProblemType(
    "technical_above_left",
    422,
    Text("Technical parts exceed the contract's", "技术部分超过合同技术交易额"),
    Text(
        "The technical part {technical} exceeds the {left} that is left of the technical amount {limit}.",
        "技术部分 {technical} 超过技术交易额 {limit} 的余额 {left}。",
    ),
    Text("Send a `technical_amount` of at most {left}.", "请填写不超过{left}元的 `technical_amount`。"),
)
TECHNICAL_BELOW_LEFT = ProblemType(
    "technical_below_left",
    422,
    Text("Technical part is too low", "技术部分过低"),
    Text(
        "With a technical part of {technical}, the {rest} still to pay cannot hold the technical amount that is left: "
        "{left} before this payment.",
        "技术部分若为 {technical},其后尚未支付的 {rest} 不足以容纳本次付款前技术交易额的余额 {left}。",
    ),
    Text("Send a `technical_amount` of at least {least}.", "请填写不少于{least}元的 `technical_amount`。"),
)
NOT_A_BUYER = ProblemType(
    "payer_not_a_buyer",
    422,
    Text("Payer is not a buyer", "付款方不是买方"),
    Text("{id} is not a buyer of the contract.", "{id} 不是本合同的买方。"),
)
INVOICE_NUMBER_USED = ProblemType(
    "invoice_number_used",
    409,
    Text("Invoice number already used", "发票号码已使用"),
    Text("Your organisation has already recorded invoice `{number}`.", "贵组织已登记过发票 `{number}`。"),
    Text("Send the number of this invoice. Each invoice is recorded once.", "一张发票只登记一次;请填写本张号码。"),
)
INVOICE_ABOVE_PAYMENT = ProblemType(
    "invoice_above_payment",
    422,
    Text("Invoices exceed the payment", "发票超过付款"),
    Text(
        "The invoice {amount} exceeds the {left} of the payment that is not yet invoiced.",
        "{amount} 超过该笔付款尚未开票的 {left}。",
    ),
    Text("Record at most {left} for this payment.", "本笔收款的发票金额不得超过{left}元。"),
)
REVERSAL_INCOMPLETE = ProblemType(
    "payment_reversal_incomplete",
    422,
    Text("Reversal lacks the movement of the bank", "冲销缺少银行流水"),
    Text("A reversal `{kind}` says when and under which bank reference the money left.",
         "`{kind}` 类冲销须载明款项转出的时间与银行流水号。"),
    Text("Send `reversed_at` and `bank_reference`. If no money left, send `kind` `recorded_wrongly`.",
         "请填写 `reversed_at` 和 `bank_reference`；款项并未转出的，`kind` 请填写 `recorded_wrongly`。"),
)  # fmt: skip
REVERSAL_MOVES_NOTHING = ProblemType(
    "payment_reversal_moves_nothing",
    422,
    Text("A wrong record moves no money", "误记更正不涉及资金"),
    Text(
        "A payment that was recorded wrongly was never received, so nothing left.", "误记的收款并未到账，没有款项转出。"
    ),
    Text("Leave `reversed_at` and `bank_reference` out.", "请勿填写 `reversed_at` 和 `bank_reference`。"),
)
PAYMENT_REVERSED = ProblemType(
    "payment_reversed",
    409,
    Text("Payment is reversed", "付款已冲销"),
    Text("The payment was reversed, or it is itself a reversal.", "该笔付款已被冲销,或其本身为冲销。"),
)
