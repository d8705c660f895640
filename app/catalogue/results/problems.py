"""The refusals of results."""

from app.core.problems import ProblemType, Text
from app.law.instruments import PATENT_LAW, POLICY

SHARES_DO_NOT_SUM = ProblemType(
    "shares_do_not_sum",
    422,
    Text("Shares do not sum to 1", "权属比例之和不为 1"),
    Text(
        "The ownership shares sum to {total}: {difference} {compared}.",
        "权属比例之和为 {total},{compared} {difference}。",
    ),
    Text(
        "Send shares that sum to exactly 1. Equal thirds are 0.333334, 0.333333 and 0.333333.",
        "请使各方权属比例之和恰为 1;三方均分为 0.333334、0.333333、0.333333。",
    ),
)
OWNER_REPEATED = ProblemType(
    "owner_repeated",
    422,
    Text("Owner is named twice", "权属人重复"),
    Text("The same owner is named twice.", "同一权属人在列表中出现两次。"),
    Text("Name each owner once, with its whole share.", "每一权属人只列一次,并给出其全部比例。"),
)
KEEPER_NOT_OWNER = ProblemType(
    "keeper_not_owner",
    422,
    Text("Keeper is not an owner", "登记单位不在权属人之列"),
    Text(
        "Neither the keeper of the result nor its completing team is an owner.",
        "登记单位及其完成团队均不在权属人之列。",
    ),
    Text("Let an owner record the result, or name the keeper as an owner.", "请由权属人登记,或将登记单位列入。"),
)
COMPLETERS_MISSING = ProblemType(
    "completers_missing",
    422,
    Text("Completers missing", "缺少成果完成人"),
    Text("A result needs at least one completer.", "科技成果至少有一名完成人。"),
    Text(
        "Name the completers. Only a result from a public record (`source_url`) may have none.",
        "请列明完成人;仅转录公开记录(`source_url`)的成果可不列。",
    ),
)
FUNDING_PLAN_MISSING = ProblemType(
    "funding_plan_missing",
    422,
    Text("Funding plan missing", "缺少计划名称"),
    Text("A publicly funded result must name the plan that funded it.", "财政资金支持的成果须写明计划名称。"),
    Text("Send `funding_plan`, or `source_url` if the public record does not name the plan.",
         "请给出 `funding_plan`;公开记录未载明的,请给出 `source_url`。"),
)  # fmt: skip
FUNDING_PLAN_UNEXPECTED = ProblemType(
    "funding_plan_unexpected",
    422,
    Text("Funding plan without public funding", "非财政资金成果不应有计划名称"),
    Text(
        "`funding_plan` is given, but the result is not publicly funded.",
        "给出了 `funding_plan`,但成果非财政资金支持。",
    ),
    Text("Set `publicly_funded`, or leave `funding_plan` out.", "请置 `publicly_funded` 为 true,或不填计划。"),
)
IP_ASSET_INVALID = ProblemType(
    "ip_asset_invalid",
    422,
    Text("IP asset does not match its type", "知识产权信息与类型不符"),
    Text(
        "{count} number(s) or date(s) do not match the type. `errors` names them.",
        "{count} 处编号或日期与类型不符,见 `errors`。",
    ),
)
PATENT_NUMBER_INVALID = ProblemType(
    "patent_number_invalid",
    422,
    Text("Invalid Chinese patent number", "专利号无效"),
    Text(
        "`{number}` is not a Chinese application or patent number: {reason}.",
        "`{number}` 不是合法的专利申请号:{reason}。",
    ),
    Text(
        "Send 9 or 13 characters with the check digit after the point, such as 202310000001.{example}. A patent "
        "number is the same with `ZL` before it.",
        "9 位或 13 位,小数点后为校验位,如 202310000001.{example};专利号在其前加 `ZL`。",
    ),
)
PATENT_TWICE = ProblemType(
    "patent_twice",
    422,
    Text("Patent is named twice", "专利重复"),
    Text(
        "`{number}` is the patent or application of asset {first} as well.",
        "`{number}` 与第 {first} 项知识产权为同一专利或者专利申请。",
    ),
    Text(
        "Name each right once. A granted patent has both numbers in one asset.",
        "每项权利只填一次；已授权的专利，请将申请号与专利号填在同一项中。",
    ),
)
NOT_KEEPER = ProblemType(
    "not_keeper",
    403,
    Text("Not the keeper", "不是成果持有单位"),
    Text("Only the keeper of the result may change it.", "仅成果持有单位可以修改。"),
)
SECRECY_IS_LOWERED = ProblemType(
    "secrecy_is_lowered",
    403,
    Text("Not allowed to lower secrecy", "无权变更成果密级"),
    Text(
        "Only the operator lowers the secrecy of a result, with a reason.",
        "成果密级的降低或者解除，凭定密机关的决定由交易机构登记。",
    ),
    Text(
        "Ask the operator to lower the secrecy. The operator names the decision in `secrecy_reason`.",
        "请联系运营方办理,并在 `secrecy_reason` 中写明所依据的决定。",
    ),
    POLICY.art("2"),
)
SECRECY_REASON_UNEXPECTED = ProblemType(
    "secrecy_reason_unexpected",
    422,
    Text("Secrecy is not lowered", "并未降低密级"),
    Text("The request has a `secrecy_reason` but lowers no secrecy.", "给出了 `secrecy_reason`,但密级并未降低。"),
    Text("Leave `secrecy_reason` out.", "请不填 `secrecy_reason`。"),
)
ENTITLEMENT_EXISTS = ProblemType(
    "entitlement_exists",
    409,
    Text("Entitlement already recorded", "赋权已登记"),
    Text("An entitlement of this kind is already recorded.", "该类赋权已登记。"),
)
ENTITLEMENT_MEASURE = ProblemType(
    "entitlement_measure",
    422,
    Text("Wrong measure of the entitlement", "赋权内容填写有误"),
    Text("An entitlement of the kind {kind} is measured by `{right}`.", "{kind} 类赋权以 `{right}` 计。"),
    Text("Send `{right}`, and leave `{wrong}` out.", "请给出 `{right}`,不填 `{wrong}`。"),
)
ENTITLEMENT_TOO_SMALL = ProblemType(
    "entitlement_too_small",
    422,
    Text("Entitlement below the minimum", "赋权低于下限"),
    Text(
        "The entitlement {given} is below the minimum {minimum} in force on {day}.",
        "{given} 低于 {day} 适用的下限 {minimum}。",
    ),
    Text("Send at least {minimum}.", "请填写不低于{minimum}的数值。"),
    POLICY.art("2"),
)
ENTITLEMENT_NOT_OWNED = ProblemType(
    "entitlement_not_owned",
    422,
    Text("Organisation owns no part", "单位无权赋权"),
    Text(
        "The organisation owns no part of the result, so it cannot entitle the team.",
        "单位不享有该成果任何权属,不能赋权。",
    ),
    Text("First record the organisation as an owner.", "请先将单位列为权属人。"),
    POLICY.art("2"),
)
ENTITLEMENT_DIFFERS = ProblemType(
    "entitlement_differs",
    422,
    Text("Owners and entitlement differ", "权属比例与赋权不一致"),
    Text(
        "By the entitlement the team owns {expected} of the result. The owners list says {stated}.",
        "按赋权,团队应享有成果的 {expected};权属人列表为 {stated}。",
    ),
    Text("Send {expected} as the share of the team.", "请将团队的权属比例列为 {expected}。"),
    POLICY.art("2"),
)
CONVERSION_ALREADY_BEGUN = ProblemType(
    "conversion_already_begun",
    409,
    Text("Conversion has already begun", "已开始转化"),
    Text("The conversion is recorded as begun on {day}.", "已登记自 {day} 起开始转化。"),
)
CONSENT_EXISTS = ProblemType(
    "consent_exists",
    409,
    Text("Consent already recorded", "同意已登记"),
    Text("The consent of this owner to this mode is already recorded.", "该权属人对此转化方式的同意已登记。"),
)
NO_SUCH_CO_OWNER = ProblemType(
    "no_such_co_owner",
    422,
    Text("Not a co-owner", "非共有人"),
    Text(
        "Only a co-owner consents. This organisation is not a co-owner of the result.",
        "同意由共有人作出;此处并非该成果的共有人。",
    ),
    Text(
        "Let the co-owner record its consent with its own key. The keeper records only the consent of the "
        "completing team.",
        "共有人以自己的密钥登记其同意;登记单位仅登记完成团队的同意。",
    ),
    PATENT_LAW.art("14"),
)
RESULT_NOT_LISTABLE = ProblemType(
    "result_not_listable",
    409,
    Text("Result cannot be listed", "成果不得挂牌"),
    Text(
        "The result cannot be listed for {count} reason(s). `errors` names them.",
        "有 {count} 项原因使该成果不得挂牌,见 `errors`。",
    ),
)
