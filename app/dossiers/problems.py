"""The refusals of price dossiers, and the rule that they serve."""

from app.core.problems import NOT_FOUND, Problem, Text
from app.law.instruments import POLICY

BASIS = POLICY.art("20")
"""It protects those who can show that they followed the procedure."""
BASIS_TITLE = Text("An environment for innovation that is tolerant of failure", "营造宽容失误的科技创新环境")


def no_export() -> Problem:
    """The refusal for an export that is not there or is another's."""
    return NOT_FOUND(what="dossier export / 定价档案导出")
