"""The refusals of responses to demands."""

from app.core.problems import ProblemType, Text

RESPONSE_TRANSITION_REFUSED = ProblemType(
    "response_transition_refused",
    409,
    Text("Wrong state of the response", "应答当前状态不能办理此操作"),
    Text(
        "The response is {status}. The step {move} by the {mover} is not possible in it.",
        "应答当前状态为 `{status}`，`{mover}` 不能办理 `{move}`。",
    ),
    Text(
        "Choose a step that is possible in the state {status}: {possible}.", "请选择当前可以办理的操作：`{possible}`。"
    ),
)
RESPONSE_EXISTS = ProblemType(
    "response_exists",
    409,
    Text("Response already sent", "已应答该需求"),
    Text("Your organisation has an open response to demand {number}.", "贵单位对需求{number}已有未办结的应答。"),
    Text("Amend that response, or withdraw it first.", "请修改该应答，或者先撤回。"),
)
RESPONSE_AGREED = ProblemType(
    "other_response_agreed",
    409,
    Text("Another response is agreed on", "已与其他应答方达成合作意向"),
    Text(
        "Demand {number} has a response that is agreed on. There is one at a time.",
        "需求{number}已有达成合作意向的应答，同一时间只能有一项。",
    ),
    Text("First decline that response, with a reason.", "请先谢绝该应答并说明原因。"),
)
OWN_DEMAND = ProblemType(
    "own_demand",
    409,
    Text("Own demand", "发布单位不能应答本单位的需求"),
    Text(
        "Who posted a demand neither responds to it nor joins a response.", "发布需求的单位不能应答，也不能参与应答。"
    ),
)
CAPACITY_UNFIT = ProblemType(
    "capacity_unfit",
    422,
    Text("Capacity does not fit", "应答身份不符"),
    Text(
        "Your organisation cannot respond as {capacity}: a holder names at least one of its results, and an agency "
        "is a technology-transfer agency.",
        "不能以 `{capacity}` 身份应答：成果持有单位应当至少列明一项成果，技术转移机构应当为该类单位。",
    ),
    Text("Name a result, or send the capacity `team`.", "请列明成果，或者将身份填为 `team`（研发团队）。"),
)
MODE_NOT_ASKED_FOR = ProblemType(
    "mode_not_asked_for",
    422,
    Text("Not a way asked for", "不属于需求方接受的解决方式"),
    Text("The demand does not ask for a solution by {mode}.", "需求方不接受以 `{mode}` 方式解决。"),
    Text("Send one of these modes: {modes}.", "请填写以下方式之一：`{modes}`。"),
)
SECRET_RESULT = ProblemType(
    "secret_result_offered",
    409,
    Text("Result may not be offered", "该成果不能对外提供"),
    Text("Result {number} concerns a state secret or national security.", "成果{number}涉及国家秘密或者国家安全。"),
    Text("Leave the result out.", "请勿列入该成果。"),
)
