"""The refusals of price dossiers, and the rule that they serve."""

from app.core.problems import NOT_FOUND, Problem, Rule
from app.results.problems import POLICY

BASIS = Rule(POLICY, "20")
"""Article 20, 营造宽容失误的科技创新环境: it protects those who can show that they followed the procedure."""


def no_export() -> Problem:
    """The refusal for an export that is not there or is another's."""
    return NOT_FOUND(what="dossier export / 定价档案导出")
