"""The refusals of saved searches."""

from app.core.problems import ProblemType, Text

SEARCH_FINDS_NOTHING = ProblemType(
    "search_finds_nothing",
    422,
    Text("Search can find nothing", "检索条件无法匹配任何内容"),
    Text(
        "Nothing can meet the search: it has words without a letter or digit, or a least value above the most.",
        "检索词不含文字或数字，或者下限高于上限，任何内容都不可能匹配。",
    ),
    Text(
        "Send words with letters or digits, and a range in order.", "请填写含文字或数字的检索词，并使下限不高于上限。"
    ),
)
END_OUT_OF_RANGE = ProblemType(
    "search_end_out_of_range",
    422,
    Text("Last day out of range", "截止日超出范围"),
    Text(
        "The last day {ends_on} is not between {earliest} and {latest}.",
        "截止日{ends_on}不在{earliest}至{latest}之间。",
    ),
    Text("Send a day from {earliest} to {latest}.", "请填写{earliest}至{latest}之间的日期。"),
)
SAVED_SEARCH_NOT_SO = ProblemType(
    "saved_search_transition_refused",
    409,
    Text("Wrong state of the saved search", "检索订阅当前状态不能办理此操作"),
    Text(
        "The state is {status}. The step {move} is not possible in it.",
        "当前状态为 `{status}`，不能办理 `{move}`。",
    ),
    Text(
        "Choose a step that is possible: pause an active search, resume a paused one, change an ended one.",
        "请选择当前可以办理的操作：生效中的可以暂停，已暂停的可以恢复，已到期的请修改截止日。",
    ),
)
