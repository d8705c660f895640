"""The refusals of rights."""

from app.core.problems import ProblemType, Text
from app.law.instruments import CIVIL_CODE, PATENT_LAW, TECHNOLOGY_INTERPRETATION

ASSET_EXCLUDED = ProblemType(
    "grant_excluded",
    409,
    Text("Another grant excludes this one", "与已有授权冲突"),
    Text(
        "“{title}” is under {mode} from {first} to {last}. That excludes {wanted}.",
        "《{title}》已设定“{mode}”，期限自 {first} 至 {last}，与“{wanted}”不能并存。",
    ),
    Text(
        "Choose another field of use or territory, or wait until that grant ends.",
        "请约定其他使用领域或者地域，或者待该授权终止后办理。",
    ),
    TECHNOLOGY_INTERPRETATION.art("24, 25"),
)
ASSET_BURDENED = ProblemType(
    "asset_not_free",
    409,
    Text("The right is not free", "知识产权状态不允许处分"),
    Text("“{title}” has been {status} since {day}.", "《{title}》自 {day} 起{status}。"),
    Text(
        "Record that the right is in force or that the pledge is released, then sign.",
        "请先登记权利有效或者质权已解除，再行签署。",
    ),
    CIVIL_CODE.art("444, 865"),
)
ASSET_GRANTED = ProblemType(
    "asset_granted",
    409,
    Text("The right bears a grant", "知识产权上有未到期授权"),
    Text(
        "“{title}” has no number and bears a grant that runs. It stays with its result.",
        "《{title}》无编号且有未到期授权，应当保留在该成果中。",
    ),
    Text("Keep that asset in `ip_assets`.", "请在 `ip_assets` 中保留该项。"),
    CIVIL_CODE.art("870"),
)
ASSET_SHARED = ProblemType(
    "asset_of_others",
    409,
    Text("The right stands in results of others", "他人成果亦载明该知识产权"),
    Text(
        "The number of this right stands in results of other organisations too.",
        "该知识产权的编号亦见于其他单位的成果。",
    ),
    Text("Ask the operator to record the event with its source.", "请将来源材料提交交易机构，由交易机构登记。"),
    PATENT_LAW.art("9"),
)
NOT_OWN_ASSET = ProblemType(
    "asset_not_yours",
    403,
    Text("Not your right", "非本单位知识产权"),
    Text(
        "Only the keeper, a co-owner and the operator record events of a right.",
        "仅成果持有单位、共有人和交易机构可以登记权利变动。",
    ),
)
LICENCE_MISPLACED = ProblemType(
    "licence_misplaced",
    422,
    Text("Licence does not belong to this event", "许可信息与事件不符"),
    Text(
        "`licence` belongs to `licensed_elsewhere` alone, and that event needs it. The kind is `{kind}`.",
        "`licence` 仅用于且须用于 `licensed_elsewhere`，本事件为 `{kind}`。",
    ),
    Text(
        "Send `licence` with `licensed_elsewhere`, and leave it out otherwise.", "请按事件类型填写或者不填 `licence`。"
    ),
)
EVENT_NOT_FOUND = ProblemType(
    "asset_event_unknown",
    422,
    Text("No such event of the right", "所指事件不存在"),
    Text(
        "`about_id` names no event of this right that `{kind}` can refer to.", "`about_id` 所指事件不能用于 `{kind}`。"
    ),
    Text(
        "Name a pledge for `pledge_released`, a licence for `licence_ended`, any event for `correction`, and no event "
        "otherwise.",
        "解除质押请指明质押事件，终止许可请指明许可事件，更正请指明被更正事件，其他情形不填。",
    ),
)
EVENT_TAKEN_BACK = ProblemType(
    "asset_event_ended",
    409,
    Text("Event was ended already", "所指事件已终止"),
    Text("The event was ended or taken back already.", "所指事件已终止或者已更正。"),
)
