"""The refusals of periods."""

from app.core.problems import ProblemType, Text

PERIOD_TOO_SHORT = ProblemType(
    "period_too_short",
    422,
    Text("Period too short", "期间过短"),
    Text(
        "{name}: {wished} {unit} are fewer than the {figure} of {instrument}, art. {article}.",
        "{name}:{wished} {unit}少于{instrument}第 {article} 条的 {figure} {unit}。",
    ),
    Text("Give at least {figure} {unit}.", "至少 {figure} {unit}。"),
)
PERIOD_TOO_LONG = ProblemType(
    "period_too_long",
    422,
    Text("Period too long", "期间过长"),
    Text(
        "{name}: {wished} {unit} are not within the {figure} of {instrument}, art. {article}.",
        "{name}:{wished} {unit}不在{instrument}第 {article} 条的 {figure} {unit}之内。",
    ),
    Text("Give 1 to {figure} {unit}.", "1 至 {figure} {unit}。"),
)
PERIOD_NOT_RUNNING = ProblemType(
    "period_not_running",
    409,
    Text("The period does not run", "期间不在进行"),
    Text(
        "The period is {status}; its last day is {ends_on}.",
        "该期间状态为 {status},末日为 {ends_on}。",
    ),
    Text("Only an open period within its last day is suspended or extended.", "仅进行中且未过末日的期间可中止。"),
)
