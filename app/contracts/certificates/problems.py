"""The refusals of certificates."""

from app.core.problems import ProblemType, Text
from app.law.instruments import CERTIFICATE_RULES

ISSUE_RULE = CERTIFICATE_RULES.art("3")
NOT_DUE = ProblemType(
    "certificate_not_due",
    409,
    Text("Conditions missing", "出证条件未齐备"),
    Text("The certificate cannot be issued yet. Missing: {missing}.", "尚不能出具交易凭证;欠缺:{missing}。"),
    Text("See `conditions`: it lists what is missing, the amounts, and the instructions to pay by.",
         "见 `conditions`:欠缺事项、金额及付款指令编号。"),
    ISSUE_RULE,
)  # fmt: skip
ALREADY_ISSUED = ProblemType(
    "certificate_exists",
    409,
    Text("Certificate already issued", "交易凭证已出具"),
    Text("Certificate {number} of this deal is valid. A deal has one valid certificate.",
         "该成交的交易凭证 {number} 有效,不得重复出具。"),
    Text("Use certificate {number}. If it is wrong, revoke it first; the corrected certificate names the one it "
         "replaces.",
         "请使用凭证 {number};如有错误,请先撤销,更正凭证将载明被替代的凭证。"),
    ISSUE_RULE,
)  # fmt: skip
RECORDED_ELSEWHERE = ProblemType(
    "certificate_not_for_recorded",
    409,
    Text("Deal was made elsewhere", "非本所成交"),
    Text(
        "Deal {number} was concluded elsewhere and is only recorded here. The exchange certifies its own deals.",
        "成交 {number} 在他处达成,仅在此登记;本所仅为本所成交出具凭证。",
    ),
)
ALREADY_REVOKED = ProblemType(
    "certificate_revoked",
    409,
    Text("Certificate already revoked", "交易凭证已撤销"),
    Text("Certificate {number} was revoked at {at}.", "交易凭证 {number} 已于 {at} 撤销。"),
)
