"""The refusals of the calendar."""

from app.core.problems import ProblemType, Text

DAY_PAST = ProblemType(
    "calendar_day_past",
    409,
    Text("The day has passed", "该日已过"),
    Text(
        "{day} has passed. Periods that included the day were counted with the calendar of that time.",
        "{day} 已过;经过该日的期间已按当时的日历计算。",
    ),
    Text("Declare a day from {today} on.", "请声明 {today} 及以后的日期。"),
)
DAY_TWICE = ProblemType(
    "calendar_day_twice",
    422,
    Text("Day is named twice", "同一日期重复"),
    Text("The notice names {day} twice.", "通知两次列明 {day}。"),
    Text(
        "Name each day once, as a holiday or as a day on which work is made up.",
        "每一日期仅可列为放假或者调休上班之一。",
    ),
)
RANGE_TOO_LONG = ProblemType(
    "calendar_range_too_long",
    422,
    Text("Date range too long", "区间过长"),
    Text("One answer covers at most {most} days.", "一次至多返回 {most} 天。"),
    Text("Send a `to` no later than {last}.", "请将 `to` 设为不晚于{last}的日期。"),
)
