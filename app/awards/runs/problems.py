"""The refusals of award runs. Why money earned nothing is not a refusal: see `reasons.py`."""

from app.core.problems import ProblemType, Text

NO_PROGRAMME = ProblemType(
    "no_programme",
    422,
    Text("No programme for the year", "该年度无适用办法"),
    Text("{reason}.", "{reason}。"),
)
YEAR_AHEAD = ProblemType(
    "award_year_ahead",
    422,
    Text("The year has not begun", "年度尚未开始"),
    Text("The year {year} has not begun. The current year is {current}.", "{year} 年尚未开始;当前为 {current} 年。"),
    Text("Choose a year up to {current}.", "请给出不晚于 {current} 的年度。"),
)
YEAR_NOT_OVER = ProblemType(
    "award_year_not_over",
    409,
    Text("The year is not over", "年度尚未结束"),
    Text(
        "The year {year} is not over, and payments may still arrive. This run is preliminary.",
        "{year}年度尚未结束，仍可能有款项到账，本次核算结果仅为预估。",
    ),
    Text("Wait until {year} has ended. Then compute a run and publish it.", "请在 {year} 年结束后重新计算并公示。"),
)
RUN_NOT_DRAFT = ProblemType(
    "award_run_not_draft",
    409,
    Text("Run is not a draft", "本批次不能公示"),
    Text("The run is {status}. Only a draft can be published.", "本批次核算结果状态为 {status}，只有草稿可以公示。"),
)
YEAR_PUBLISHED = ProblemType(
    "award_year_published",
    409,
    Text("The year already has a published run", "该年度已公示"),
    Text(
        "Run {number} for {year} is published. Later changes count in the run of the next year.",
        "{year} 年已有公示结果 {number};其后的变化计入下一年度。",
    ),
)
