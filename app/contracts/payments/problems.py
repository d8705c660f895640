"""The refusals of payments and invoices."""

from app.core.problems import ProblemType, Text

PAYMENT_ABOVE_DUE = ProblemType(
    "payment_above_due",
    422,
    Text("Above what is due", "超过应付金额"),
    Text("{amount} is above the {due} still due on the contract.", "{amount} 超过本合同尚欠的 {due}。"),
    Text("Record at most {due}.", "至多登记 {due}。"),
)
TECHNICAL_ABOVE_PAYMENT = ProblemType(
    "technical_above_payment",
    422,
    Text("Technical part above the payment", "技术部分超过付款"),
    Text("The technical part {technical} is above the payment {amount}.", "技术部分 {technical} 超过付款 {amount}。"),
    Text("Give at most {amount}.", "至多为 {amount}。"),
)
TECHNICAL_ABOVE_LEFT = ProblemType(
    "technical_above_left",
    422,
    Text("Technical parts above the contract's", "技术部分超过合同技术交易额"),
    Text(
        "The technical part {technical} is above the {left} left of the technical amount {limit}.",
        "技术部分 {technical} 超过技术交易额 {limit} 的余额 {left}。",
    ),
    Text("State a `technical_amount` of at most {left}.", "请填写 `technical_amount`,至多 {left}。"),
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
    Text("Invoice number used", "发票号码已使用"),
    Text("You recorded invoice `{number}` before.", "贵组织已登记过发票 `{number}`。"),
    Text("An invoice is recorded once; give the number of this one.", "一张发票只登记一次;请填写本张号码。"),
)
INVOICE_ABOVE_PAYMENT = ProblemType(
    "invoice_above_payment",
    422,
    Text("Invoices above the payment", "发票超过付款"),
    Text("{amount} is above the {left} of the payment not yet invoiced.", "{amount} 超过该笔付款尚未开票的 {left}。"),
    Text("Record at most {left} for this payment.", "本笔付款至多登记 {left}。"),
)
PAYMENT_REVERSED = ProblemType(
    "payment_reversed",
    409,
    Text("Payment was reversed", "付款已冲销"),
    Text("The payment was reversed, or is a reversal itself.", "该笔付款已被冲销,或其本身为冲销。"),
)
