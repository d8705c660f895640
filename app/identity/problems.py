"""The refusals of identity."""

from typing import Final

from app.core.problems import ProblemType, Text

PERSON: Final = Text("person", "人员")
ORGANISATION: Final = Text("organisation", "单位")

USCC_INVALID = ProblemType(
    "uscc_invalid",
    422,
    Text("Invalid unified social credit code", "统一社会信用代码无效"),
    Text(
        "`{uscc}` is not a unified social credit code: {reason}.",
        "`{uscc}` 不是合法的统一社会信用代码:{reason}。",
    ),
    Text(
        "Send 18 characters of 0-9 and A-Z without I, O, S, V and Z. The last one is the check character of GB "
        "32100-2015.",
        "请填写18位代码，由 0-9 和不含 I、O、S、V、Z 的大写字母组成，末位为 GB 32100-2015 校验字符。",
    ),
)
DIVISION_UNKNOWN = ProblemType(
    "division_unknown",
    422,
    Text("Unknown administrative division", "行政区划代码无效"),
    Text("The code `{code}` {reason}.", "代码 `{code}`:{reason}。"),
    Text(
        "Send a code of GB/T 2260 that was in force on that day or later, such as 420111.",
        "请填写当日或此后有效的 GB/T 2260 代码,如 420111。",
    ),
)
NAME_TAKEN = ProblemType(
    "organisation_name_taken",
    409,
    Text("Organisation already recorded", "该主体已登记"),
    Text("An organisation named `{name}` is recorded already: {id}.", "名称为 `{name}` 的主体已登记:{id}。"),
    Text(
        "Use the recorded one. Another body of that name has a `uscc` of its own: record it with that.",
        "请使用已登记的主体;确为同名的另一主体的,请填写其 `uscc`。",
    ),
)
NOTHING_TO_CORRECT = ProblemType(
    "nothing_to_correct",
    422,
    Text("Nothing to correct", "没有需要更正的内容"),
    Text("What you state is what is recorded.", "您所填写的内容与现有记录相同。"),
    Text("Send at least one field with another value than the recorded one.", "请至少填写一项与现有记录不同的内容。"),
)
KEPT_NOT_OF_PAIR = ProblemType(
    "kept_not_of_pair",
    422,
    Text("Not clear which organisation is kept", "未说明保留哪一方"),
    Text(
        "`the_same` names the one of the two that is kept, and `not_the_same` names none.",
        "`the_same` 须写明保留两者中的哪一方，`not_the_same` 不写。",
    ),
    Text(
        "Send `{first}` or `{second}` as `kept_id` with `the_same`; otherwise leave `kept_id` out.",
        "填 `the_same` 时，请以 `{first}` 或 `{second}` 填写 `kept_id`；否则请不填 `kept_id`。",
    ),
)
RESIDENCES_OUT_OF_ORDER = ProblemType(
    "residences_out_of_order",
    422,
    Text("Residences out of order", "住所期间顺序有误"),
    Text(
        "The residence that begins on {begins} follows one that began on {before}.",
        "自 {begins} 起的住所排在自 {before} 起的住所之后。",
    ),
    Text("Send the residences in the order of their first days.", "请按起始日先后填写各住所。"),
)
FORMER_NAMES_OUT_OF_ORDER = ProblemType(
    "former_names_out_of_order",
    422,
    Text("Names out of order", "名称期间顺序有误"),
    Text(
        "A name that ends on {stated} would change places with the one that ends on {other}.",
        "止于{stated}的名称与止于{other}的名称先后颠倒或者重叠。",
    ),
    Text("Send a day that keeps the order of the names.", "请填写不改变名称先后的日期。"),
)
PERIOD_NOT_LATER = ProblemType(
    "period_not_later",
    422,
    Text("Period does not follow the previous one", "未晚于前一期间"),
    Text(
        "The period that begins on {begins} does not follow the period that began on {before}.",
        "自 {begins} 起的期间未晚于自 {before} 起的期间。",
    ),
    Text("Send a first day after {before}.", "请填写晚于{before}的起始日。"),
)
BROKER_EMPLOYED = ProblemType(
    "broker_employed",
    409,
    Text("Broker is already employed", "技术经纪人已受聘"),
    Text(
        "The broker is employed from {since} {until}. A broker works for one agency at a time.",
        "该技术经纪人自{since}起受聘于其他技术转移机构{until};技术经纪人同一时期只能受聘于一家机构。",
    ),
    Text("First end the employment that has no last day.", "请先办理原聘用关系的终止。"),
)
NOT_AN_AGENCY = ProblemType(
    "not_an_agency",
    422,
    Text("Not an agency", "不是技术转移机构"),
    Text(
        "Only a technology-transfer agency employs brokers, and {name} is none on any of these days.",
        "技术经纪人受聘于技术转移机构，而{name}在上述期间均无该资质。",
    ),
    Text(
        "Name an agency and days on which it is one, or first have the quality recorded.",
        "请填写技术转移机构及其具备资质的期间，或者先由交易机构登记该资质。",
    ),
)
QUALITY_HELD = ProblemType(
    "quality_held",
    409,
    Text("Quality already recorded", "该资质已登记"),
    Text(
        "The organisation has this quality from {since} {until}.",
        "该单位自{since}起已具备该资质，{until}。",
    ),
    Text("End the recorded one first, or correct it where it is wrong.", "请先终止原登记；原登记有误的，请更正。"),
)
QUALITY_ENDS = ProblemType(
    "quality_ends",
    409,
    Text("Quality ends by then", "该资质届时已终止"),
    Text("The quality ends on {last} as it is recorded.", "按登记，该资质于{last}终止。"),
    Text(
        "Send an earlier day. What holds longer by a new paper is recorded as a new quality.",
        "请填写更早的日期；依新文件延续的，请另行登记。",
    ),
)
MERGER_RECORDED = ProblemType(
    "merger_recorded",
    409,
    Text("Merger already recorded", "合并已登记"),
    Text(
        "A merger of the organisation is asked for, confirmed or done already.",
        "该单位的合并已提出、已确认或者已生效。",
    ),
    Text("If the day of the other one has not come, take it back first.", "原合并尚未生效的，请先撤回。"),
)
MERGER_DONE = ProblemType(
    "merger_done",
    409,
    Text("Merger is done", "合并已生效"),
    Text("The day of the merger has come, and the keys have ended.", "合并已经生效，原单位的密钥已经终止。"),
    Text("If the merger was undone by law, record a new organisation.", "合并依法被撤销的，请另行登记新的单位。"),
)
SCOPE_UNKNOWN = ProblemType(
    "scope_unknown",
    422,
    Text("Unknown scope", "未知的权限范围"),
    Text("The scope `{scope}` does not exist.", "`{scope}` 不是权限范围。"),
    Text(
        "Send a scope that consists of {resources} or `*`, a colon, and `read`, `write` or `*`.",
        "权限范围由 {resources} 或者 `*`、冒号，以及 `read`、`write` 或者 `*` 组成，请按此填写。",
    ),
)
KEY_EXPIRY = ProblemType(
    "key_expiry",
    422,
    Text("Lifetime out of range", "有效期超出范围"),
    Text("A key is valid for 1 to {days} days.", "密钥有效期为 1 至 {days} 天。"),
)

SAME_ORGANISATION = ProblemType(
    "same_organisation",
    422,
    Text("Same organisation twice", "两方为同一组织"),
    Text("The two sides must be different organisations.", "双方不能为同一单位。"),
)
ROLE_PLACE = ProblemType(
    "role_out_of_place",
    422,
    Text("Role not allowed here", "角色不适用"),
    Text("The role {role} cannot be given here.", "角色 {role} 不适用于此。"),
    Text(
        "Give `member` or `admin`. Staff of the market are appointed: `POST /v1/appointments`. A broker is certified and "
        "employed.",
        "请填写 `member` 或者 `admin`。交易机构工作人员经 `POST /v1/appointments` 任用，技术经纪人经认证与聘用产生。",
    ),
)
ADMIN_ADDS = ProblemType(
    "admin_adds_people",
    409,
    Text("The organisation adds its own people", "人员由单位自行添加"),
    Text(
        "The operator adds an organisation's first admin and nobody else.",
        "交易机构仅可添加单位的首位管理员。",
    ),
    Text("Ask an admin of the organisation to add the person.", "请由该单位的管理员添加。"),
)
ADMIN_INVITES = ProblemType(
    "admin_invites_people",
    409,
    Text("The organisation invites its own people", "人员由单位自行邀请"),
    Text("The operator invites an organisation's admin and nobody else.", "交易机构仅可邀请单位的管理员。"),
    Text("Ask an admin of the organisation to invite the person.", "请由该单位的管理员邀请。"),
)
SECOND_PERSON = ProblemType(
    "second_person_needed",
    409,
    Text("A second person is needed", "须由另一人办理"),
    Text(
        "One operator asks and another one confirms, and neither does so for themselves.",
        "须由一名工作人员提出、另一名工作人员确认，且不得为本人办理。",
    ),
    Text("Ask another operator to do it.", "请由另一名工作人员办理。"),
)
FINGERPRINT_NEEDED = ProblemType(
    "fingerprint_needed",
    422,
    Text("Fingerprint is missing", "缺少密钥指纹"),
    Text(
        "An operator invites by the fingerprint of a secret that the person made.",
        "工作人员须凭被邀请人自备密文的指纹发出邀请。",
    ),
    Text(
        "Ask the person to run `techex invitation`, and send the `fingerprint` that it prints.",
        "请被邀请人运行 `techex invitation`,并填写其显示的 `fingerprint`。",
    ),
)
SECRET_TOO_SHORT = ProblemType(
    "secret_too_short",
    422,
    Text("Secret is too short", "密文过短"),
    Text("A secret of your own has at least {least} random characters.", "自备密文须为不少于 {least} 位的随机字符。"),
    Text(
        "Make one with `techex invitation`, and ask for another invitation.",
        "请用 `techex invitation` 生成密文,并重新申请邀请。",
    ),
)
NOTHING_TO_CONFIRM = ProblemType(
    "nothing_to_confirm",
    409,
    Text("Nothing to confirm", "无待确认事项"),
    Text("It does not wait for a confirmation.", "该事项不处于待确认状态。"),
)
ROLES_INCOMPATIBLE = ProblemType(
    "roles_incompatible",
    409,
    Text("Roles do not go together", "角色不相容"),
    Text(
        "The person cannot be {role} as well as {held}: an auditor has no other role.",
        "该人员现任{held},不得兼任{role}:审计员不得兼任其他角色。",
    ),
    Text("First end the other appointment, or appoint another person.", "请先终止其他任用，或者任用他人。"),
)
ALREADY_APPOINTED = ProblemType(
    "already_appointed",
    409,
    Text("Already appointed", "已任用"),
    Text("The person is {role} already, or somebody asked for it.", "该人员已任 {role},或者已有人提出任用。"),
)
INVITATION_REDEEMED = ProblemType(
    "invitation_redeemed",
    409,
    Text("Invitation already redeemed", "邀请已兑换"),
    Text("The person has redeemed the invitation.", "该邀请已由本人兑换。"),
    Text("End the key that came of it: `DELETE /v1/api-keys/…`.", "请吊销由此产生的密钥：`DELETE /v1/api-keys/…`。"),
)
KEY_OUTLIVES = ProblemType(
    "key_outlives_issuer",
    422,
    Text("Key would outlive its issuer", "密钥有效期超出签发密钥"),
    Text(
        "The key that you call with ends at {ends}, and a key that it issues ends no later.",
        "您使用的密钥于 {ends} 到期，其签发的密钥不得晚于该时间到期。",
    ),
    Text(
        "Leave `expires_in_days` out, or rotate your own key first.", "请不填 `expires_in_days`,或者先轮换自己的密钥。"
    ),
)
KEY_ROTATED = ProblemType(
    "key_rotated",
    409,
    Text("Key already rotated", "密钥已轮换"),
    Text("The key was replaced by `{prefix}…`, which is in use.", "该密钥已由 `{prefix}…` 取代，且后者已启用。"),
    Text("Use that key, or ask for its rotation.", "请使用后者，或者轮换后者。"),
)
DEPARTURE_RECORDED = ProblemType(
    "departure_recorded",
    409,
    Text("Departure already recorded", "离任已登记"),
    Text(
        "That the person leaves is recorded already, and the last day is not over.",
        "该人员的离任已登记，且末日未届满。",
    ),
    Text("First take it back, then record the other day.", "请先撤回原登记，再登记新的日期。"),
)
SCOPE_EXCEEDED = ProblemType(
    "scope_exceeded",
    403,
    Text("Scope exceeds your own", "超出自身权限范围"),
    Text("Your key does not hold the scope `{scope}`, so it cannot grant it.", "您的密钥不含 `{scope}`,不能授予。"),
)
