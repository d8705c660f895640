"""The refusals of price dossiers, and the rule that they serve."""

from typing import Final

from app.core.problems import Text
from app.law.instruments import POLICY

BASIS = POLICY.art("20")
"""It protects those who can show that they followed the procedure."""
BASIS_TITLE = Text("An environment for innovation that is tolerant of failure", "营造宽容失误的科技创新环境")

EXPORT: Final = Text("dossier export", "定价档案导出")
