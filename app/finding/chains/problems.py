"""The refusals of the industry map."""

from app.core.problems import ProblemType, Text

CHAIN_INVALID = ProblemType(
    "industry_chain_invalid",
    422,
    Text("Chain does not fit together", "产业链数据有误"),
    Text("{count} fault(s) in the document. `errors` names each of them.", "数据中有{count}处错误，见 `errors`。"),
    Text("Correct each place as its entry in `errors` says.", "请按 `errors` 逐项更正。"),
)
CHAIN_UNCHANGED = ProblemType(
    "industry_chain_unchanged",
    409,
    Text("Nothing has changed", "内容没有变化"),
    Text("The document is the same as version {version}.", "导入的内容与第{version}版相同。"),
    Text("Send a document that differs from version {version}.", "请导入与第{version}版不同的内容。"),
)
CHAIN_WITHDRAWN = ProblemType(
    "industry_chain_withdrawn",
    409,
    Text("Chain is withdrawn", "产业链已撤下"),
    Text("The chain `{code}` was withdrawn: {reason}", "产业链 `{code}` 已撤下，原因：{reason}"),
    Text("Read its versions, or choose a chain that is on the map.", "请查阅其历次版本，或者选择图谱中的其他产业链。"),
)
