"""The refusals of gates."""

from app.core.problems import ProblemType, Rule, Text

GATE_OPEN = ProblemType(
    "gate_open",
    409,
    Text("A gate is open", "尚有前置事项未办结"),
    Text(
        "`{kind}` is not settled ({instrument}, art. {article}): {detail}.",
        "`{kind}` 尚未解决({instrument},{article}):{detail}。",
    ),
    Text("Have it settled by {closers}.", "请由{closers}办理。"),
    Rule(Text("The law each gate names", "各事项所列法律"), "gates[].rule"),
)
GATE_NOT_YOURS = ProblemType(
    "gate_not_yours",
    403,
    Text("Not allowed to settle the gate", "非由您办理"),
    Text("Only {closers} may settle `{kind}`.", "`{kind}` 由{closers}办理。"),
)
GATE_CLOSED = ProblemType(
    "gate_closed",
    409,
    Text("Gate already settled", "已经办结"),
    Text("The gate was settled at {closed_at}: {outcome}.", "该事项已于 {closed_at} 办结:{outcome}。"),
)
GATE_MOOT = ProblemType(
    "gate_moot",
    409,
    Text("Gate is no longer needed", "已无须办理"),
    Text("The sale that the gate belongs to has ended.", "该事项所涉交易已经结束。"),
)
EVIDENCE_MISSING = ProblemType(
    "evidence_missing",
    422,
    Text("Evidence needed", "须提供证明文件"),
    Text("To settle a gate for another party, a document is needed.", "代他人办理的,须提供书面文件。"),
    Text("Upload the document and name it as `document_id`.", "请上传文件并以 `document_id` 指明。"),
)
GATE_LAPSED = ProblemType(
    "gate_lapsed",
    409,
    Text("Period for the decision has ended", "期限已过"),
    Text("The period for the decision ended at {lapses_at}. The server time is {server_time}.",
         "决定期限已于 {lapses_at} 届满(服务器时间 {server_time})。"),
)  # fmt: skip
