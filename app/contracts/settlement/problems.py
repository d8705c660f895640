"""The refusals of settlement."""

from app.core.problems import ProblemType, Text
from app.law.instruments import CIVIL_CODE

RETURN_NOT_DUE = ProblemType(
    "price_return_not_due",
    409,
    Text("The contract is still in force", "合同仍然有效"),
    Text(
        "Contract {number} of this deal has not ended. The price collected belongs to the sellers.",
        "本成交的合同 {number} 尚未终止:已归集的价款归属卖方。",
    ),
    Text(
        "Wait until the contract has ended. The price can be returned after the registrar has cancelled its "
        "registration with `contract_ended`.",
        "合同终止后(登记机构以 `contract_ended` 注销登记)方可退还价款。",
    ),
    CIVIL_CODE.art("566"),
)
