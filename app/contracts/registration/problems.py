"""The refusals of recognition and registration (认定登记)."""

from app.core.problems import ProblemType, Text

ALREADY_APPLIED = ProblemType(
    "registration_exists",
    409,
    Text("Registration already applied for", "已申请登记"),
    Text(
        "Registration of a contract is applied for once. This application is {status}.",
        "一份合同只申请一次登记;当前状态为 {status}。",
    ),
    Text(
        "After a refusal, amend the contract, have it signed again, and apply again.",
        "不予登记的,请修改并重新签署合同后再申请。",
    ),
)
APPLICANT_OUT_OF_SCOPE = ProblemType(
    "applicant_out_of_scope",
    422,
    Text("Applicant is not in the mainland", "申请方不在境内"),
    Text(
        "The seller had no mainland division (GB/T 2260) on {day}. The domestic buyer registers a technology import "
        "contract, and this registry does not accept those.",
        "卖方于 {day} 无境内行政区划(GB/T 2260)。技术进口合同由境内买方登记,本系统不受理。",
    ),
)
NO_REGIME = ProblemType(
    "registration_no_rules",
    422,
    Text("No rules for this date", "该日期无适用办法"),
    Text("No registration measures cover a contract that was signed on {day}.", "签订日 {day} 无适用的登记办法。"),
)
WRONG_STEP = ProblemType(
    "registration_step",
    409,
    Text("Wrong step", "当前步骤不可操作"),
    Text(
        "The application is {status}. This step needs an application that is {needed}.",
        "申请状态为 {status};此操作须为 {needed}。",
    ),
)
CONFLICT_OF_INTEREST = ProblemType(
    "conflict_of_interest",
    403,
    Text("Conflict of interest", "应当回避"),
    Text(
        "You belong to a party of this contract. Another registrar must handle it.",
        "您属于本合同的当事方,须由其他登记员办理。",
    ),
)
TOTAL_NOT_CONFIRMED = ProblemType(
    "total_not_confirmed",
    422,
    Text("Total differs from the contract", "成交额与合同不符"),
    Text("The total of the contract is {expected}, not {total}.", "合同成交额为 {expected},而非 {total}。"),
    Text(
        "Send {expected}, ask for supplements, or refuse the registration.",
        "请填写{expected}元，或者要求补正、不予登记。",
    ),
)
TECHNICAL_ABOVE_CONTRACT = ProblemType(
    "technical_above_contract",
    422,
    Text("Technical amount exceeds the contract's", "技术交易额高于合同"),
    Text("The technical amount {technical} exceeds the contract's technical amount {expected}.",
         "合同技术交易额为 {expected};{technical} 高于该数。"),
    Text("Send a technical amount of at most {expected}.", "技术交易额不得超过{expected}元。"),
)  # fmt: skip
REASON_NEEDED = ProblemType(
    "registration_reason_needed",
    422,
    Text("Reason needed", "须说明理由"),
    Text(
        "A reason is needed to recognise {technical} instead of {expected}.",
        "技术交易额由 {expected} 核减为 {technical},须说明理由。",
    ),
    Text("Send `reason`, or recognise {expected}.", "请填写 `reason`,或核定 {expected}。"),
)
