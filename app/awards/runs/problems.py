"""The refusals of award runs. Why money earned nothing is not a refusal: see `reasons.py`."""

from app.core.problems import ProblemType, Text

NO_PROGRAMME = ProblemType(
    "no_programme",
    422,
    Text("No programme for that year", "该年度无适用办法"),
    Text("{reason}.", "{reason}。"),
)
YEAR_AHEAD = ProblemType(
    "award_year_ahead",
    422,
    Text("The year has not begun", "年度尚未开始"),
    Text("{year} has not begun; the exchange's year is {current}.", "{year} 年尚未开始;当前为 {current} 年。"),
    Text("Name a year up to {current}.", "请给出不晚于 {current} 的年度。"),
)
YEAR_NOT_OVER = ProblemType(
    "award_year_not_over",
    409,
    Text("The year is not over", "年度尚未结束"),
    Text(
        "Receipts of {year} may still come in until it ends; this run is preliminary.",
        "{year} 年内仍可能到账;本次计算为预算。",
    ),
    Text("Compute and publish a run after {year} has ended.", "请在 {year} 年结束后重新计算并公示。"),
)
RUN_NOT_DRAFT = ProblemType(
    "award_run_not_draft",
    409,
    Text("Not a draft", "不是草稿"),
    Text("The run is {status}; only a draft can be published.", "该次计算为 {status};仅草稿可公示。"),
)
YEAR_PUBLISHED = ProblemType(
    "award_year_published",
    409,
    Text("The year has a published run", "该年度已公示"),
    Text(
        "{year} has the published run {number}; what changes afterwards goes into the next year's run.",
        "{year} 年已有公示结果 {number};其后的变化计入下一年度。",
    ),
)
