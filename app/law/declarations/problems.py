"""The refusals of the calendar."""

from app.core.problems import ProblemType, Text

DAY_PAST = ProblemType(
    "calendar_day_past",
    409,
    Text("The day has passed", "该日已过"),
    Text(
        "{day} has passed; periods that ran over it were counted with it as it was.",
        "{day} 已过;经过该日的期间已按当时的日历计算。",
    ),
    Text("Declare a day from {today} on.", "请声明 {today} 及以后的日期。"),
)
RANGE_TOO_LONG = ProblemType(
    "calendar_range_too_long",
    422,
    Text("Range too long", "区间过长"),
    Text("At most {most} days are answered at once.", "一次至多返回 {most} 天。"),
    Text("Give a `to` of at most {last}.", "`to` 至多为 {last}。"),
)
