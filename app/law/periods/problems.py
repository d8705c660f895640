"""The refusals of periods."""

from app.core.problems import ProblemType, Text

PERIOD_TOO_SHORT = ProblemType(
    "period_too_short",
    422,
    Text("Period too short", "期间过短"),
    Text(
        "{name}: {wished} {unit} is shorter than the {figure} {unit} of {instrument}, art. {article}.",
        "{name}:{wished} {unit}少于{instrument}第 {article} 条的 {figure} {unit}。",
    ),
    Text("Send at least {figure} {unit}.", "请填写不少于{figure}{unit}的期限。"),
)
PERIOD_TOO_LONG = ProblemType(
    "period_too_long",
    422,
    Text("Period too long", "期间过长"),
    Text(
        "{name}: {wished} {unit} is not between 1 and the {figure} {unit} of {instrument}, art. {article}.",
        "{name}:{wished} {unit}不在{instrument}第 {article} 条的 {figure} {unit}之内。",
    ),
    Text("Send 1 to {figure} {unit}.", "请填写1至{figure}{unit}。"),
)
PERIOD_NOT_RUNNING = ProblemType(
    "period_not_running",
    409,
    Text("Period is not running", "期限不在计算中"),
    Text("The period is {status}. Its last day is {ends_on}.", "该期限状态为 {status}，末日为{ends_on}。"),
    Text(
        "Suspend or extend a period only while it is open and its last day has not passed.",
        "请仅对正在计算且未届满的期限办理中止。",
    ),
)
