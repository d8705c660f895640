"""The refusals of a contract that departs from its deal, or leaves out what nobody else can say."""

from typing import Final

from app.core.problems import ProblemType, Text
from app.law.instruments import CIVIL_CODE, OPERATING_RULES

DEPARTS: Final = ProblemType(
    "contract_departs",
    422,
    Text("Contract departs from what was published", "合同与公告内容不一致"),
    Text(
        "By `{name}` the contract says {stated}. The public text, which bound everybody who could have bought, says "
        "{agreed}.",
        "合同的 `{name}` 为{stated}，公告内容为{agreed}；公告内容对全体意向受让方具有约束力。",
    ),
    Text("Send {agreed}, or leave `{name}` out.", "请填写{agreed}，或者不填 `{name}`。"),
    OPERATING_RULES.art(Text("on the contract", "产权交易合同")),
)
WITHOUT_SUPPLEMENT: Final = ProblemType(
    "departure_without_supplement",
    422,
    Text("Contract departs from what was agreed", "合同与约定不一致"),
    Text(
        "By `{name}` the contract says {stated}, and the deal says {agreed}. No supplement names this change.",
        "合同的 `{name}` 为{stated}，成交约定为{agreed}；补充协议未载明该项变更。",
    ),
    Text(
        "Send {agreed}, or attach a supplement with `{name}` among its `fields`. Both sides sign it with the contract.",
        "请填写{agreed}；或者提交补充协议，在 `fields` 中列明 `{name}`，由双方随合同一并签署。",
    ),
    CIVIL_CODE.art("543, 544"),
)
NOTHING_DEPARTS: Final = ProblemType(
    "supplement_without_departure",
    422,
    Text("Supplement names what does not change", "补充协议所列事项未变更"),
    Text(
        "The supplement names `{name}`, and the contract says there what the deal says.",
        "补充协议列明了 `{name}`，但合同该项与成交约定一致。",
    ),
    Text(
        "Leave `{name}` out of `fields`. Leave `supplement` out where nothing departs.",
        "请从 `fields` 中删去 `{name}`；没有变更的，不填 `supplement`。",
    ),
    CIVIL_CODE.art("543, 544"),
)
NOT_SAID: Final = ProblemType(
    "contract_field_missing",
    422,
    Text("Only the parties can say this", "该项须由双方约定"),
    Text("The deal does not say `{name}`, and the contract leaves it out.", "成交约定未载明 `{name}`，合同也未填写。"),
    Text(
        "Send `{name}`. The contract draft of the deal lists what is missing.",
        "请填写 `{name}`；成交项目的合同草稿列明了尚缺的内容。",
    ),
    CIVIL_CODE.art("470"),
)
