"""The refusals of challenges."""

from app.core.problems import ProblemType, Text

TERMS_MISPLACED = ProblemType(
    "challenge_terms_misplaced",
    422,
    Text("Terms do not fit the kind", "揭榜条款与需求类型不符"),
    Text("A challenge states its terms, and other demands have none.", "揭榜挂帅项目应当填写揭榜条款，其他需求不填。"),
    Text(
        "Send `challenge` with the kind `challenge` alone.", "请仅在类型为 `challenge`（揭榜挂帅）时填写 `challenge`。"
    ),
)
BOUNTY_MISSING = ProblemType(
    "bounty_missing",
    422,
    Text("Bounty missing", "未填写榜金"),
    Text("The budget of a challenge is its bounty. This one has none.", "揭榜挂帅项目的预算即榜金，本项目未填写。"),
    Text("Send the bounty as `budget`, in CNY.", "请在 `budget` 中填写榜金（元）。"),
)
SOLVABLE_ALONE = ProblemType(
    "challenge_solvable_alone",
    422,
    Text("You can solve it alone", "可自行解决的难题不予张榜"),
    Text(
        "A challenge is for what its poster cannot solve by its own means.",
        "揭榜挂帅项目应当是发榜单位依靠自身力量难以解决的难题。",
    ),
    Text(
        "Change the kind to `need`, or state why you cannot solve it alone.",
        "请改为发布需求，或者说明不能自行解决的理由。",
    ),
)
POSTER_HIDDEN = ProblemType(
    "challenge_poster_hidden",
    422,
    Text("Poster is hidden", "发榜单位不得隐去名称"),
    Text(
        "Everybody must be able to see that the poster is not among the bidders.",
        "发榜单位不得参与揭榜，其名称应当公开。",
    ),
    Text("Send `name_hidden` as false.", "请将 `name_hidden` 设为 false。"),
)
CRITERIA_DO_NOT_SUM = ProblemType(
    "criteria_do_not_sum",
    422,
    Text("Criteria do not sum to 100", "评审指标分值合计不为100"),
    Text("The points of the criteria sum to {total}.", "评审指标分值合计为{total}分。"),
    Text("Send criteria whose points sum to 100.", "请使各项评审指标分值合计等于100分。"),
)
CHALLENGE_TRANSITION_REFUSED = ProblemType(
    "challenge_transition_refused",
    409,
    Text("Wrong state of the challenge", "揭榜项目当前状态不能办理此操作"),
    Text(
        "The challenge is {status}. This step needs one that is {sources}.",
        "当前状态为 `{status}`，该操作仅适用于 `{sources}`。",
    ),
)
EXPERT_CONFLICTED = ProblemType(
    "expert_conflicted",
    409,
    Text("Conflict of interest", "专家应当回避"),
    Text(
        "The expert acts for the poster, for a bidder, or for an organisation that is related to one of them.",
        "该专家在发榜单位、揭榜单位或者其关联单位任职。",
    ),
    Text("Choose an expert without such ties.", "请选择无上述关系的专家。"),
)
EXPERT_EXISTS = ProblemType(
    "expert_exists",
    409,
    Text("Expert is appointed already", "该专家已聘请"),
    Text("The person judges in this round already.", "该人员已是本轮评审专家。"),
)
SCORES_INCOMPLETE = ProblemType(
    "scores_incomplete",
    422,
    Text("Scores are incomplete", "评分不完整"),
    Text(
        "Score each open bid once, with one figure for each criterion, from 0 to its points.",
        "应当对每一份揭榜方案、每一项评审指标各评一次分，分值在0至该指标分值之间。",
    ),
    Text("Read the list of bids, and send a score for each of them.", "请读取揭榜方案列表，逐一评分后提交。"),
)
ALREADY_SCORED = ProblemType(
    "already_scored",
    409,
    Text("Scores were given already", "已提交评分"),
    Text("You have scored the bids of this round. Scores cannot be changed.", "您已提交本轮评分，不能更改。"),
)
EXPERTS_MISSING = ProblemType(
    "experts_missing",
    409,
    Text("Scores are missing", "评审尚未完成"),
    Text(
        "{scored} of {appointed} experts have scored. Each of at least {least} must.",
        "已聘请{appointed}名专家，其中{scored}名已评分；专家不少于{least}名，且均应完成评分。",
    ),
    Text("Wait for the scores, or appoint further experts.", "请等待评分，或者增聘专家。"),
)
JUDGED_BY_EXPERTS = ProblemType(
    "judged_by_experts",
    409,
    Text("Experts judge the bids", "由专家评审确定"),
    Text("The poster of a challenge does not choose among its bids.", "发榜单位不能自行选定揭榜方。"),
    Text("Wait until the scores are published and their notice is over.", "请等待评分公布及公示期满。"),
)
NOTICE_OVER = ProblemType(
    "challenge_notice_over",
    409,
    Text("Notice is over", "公示期已届满"),
    Text("Objections were possible until the end of {last_day}.", "异议应当在{last_day}24时前提出。"),
)
OBJECTION_SETTLED = ProblemType(
    "challenge_objection_decided",
    409,
    Text("Objection already decided", "异议已处理"),
    Text("The objection was {outcome}.", "该异议已作出决定：`{outcome}`。"),
)
BIDS_CLOSED = ProblemType(
    "bids_closed",
    409,
    Text("Bids are closed", "揭榜已截止"),
    Text("The challenge does not change any more, and only its procedure ends it.", "揭榜项目发布后不能更正，揭榜截止后不能自行关闭。"),
    Text("Wait for its award. The operator may remove a challenge that should not have been published.",
         "请等待评审结果；不应发布的，由交易机构撤下。"),
)  # fmt: skip
