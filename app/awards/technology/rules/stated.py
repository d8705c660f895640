"""What the computation of an award does where the article leaves it open: rules, not figures that could be set.

A programme says where each comes from, how sure that is and why; the texts stand here, with the code they tell of.
A release up to 0.1 kept them among a programme's figures, each with the one value that the code knew (`FORMER`).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from app.core.problems import Text
from app.law.strict_yaml import SourceError

STATED: Mapping[str, Text] = MappingProxyType(
    {
        "residence_day": Text(
            "An organisation's seat is that of the day on which the money was received, in the city's time.",
            "单位所在地按款项到账之日（本地时间）认定。",
        ),
        "registration_deadline": Text(
            "A contract counts if by the last day of the award year it is registered and not cancelled.",
            "合同须在奖补年度最后一日以前（含当日）完成认定登记，且未撤销或者解除。",
        ),
        "base": Text(
            "A payment counts for the least of three technical amounts: what the bank received, what a numbered "
            "invoice covers, and what is left of the registered technical amount.",
            "每笔款项按下列三项技术交易额中最小的一项计算：银行到账的、有号码的发票覆盖的、登记的技术交易额尚余的。",
        ),
        "unstated_technical_part": Text(
            "A payment that does not state its technical part counts in the ratio of what earlier payments left of "
            "the technical amount to what they left of the total.",
            "款项未载明技术部分的，按此前各笔款项之后技术交易额余额占合同成交额余额的比例计算。",
        ),
        "rounding": Text(
            "An award is rounded half up to the fen, once for each organisation, role and year. Its lines and the "
            "brokers' parts are then allotted by the largest remainder, so that they add up to the total.",
            "奖补金额按单位、角色和年度各舍入一次，四舍五入到分；各明细行和技术经纪人部分再按最大余数法分配，合计等于总额。",
        ),
        "over_cap": Text(
            "What exceeds the cap of a year lapses; nothing is carried to another year.",
            "超过年度最高限额的部分不予奖补，也不结转到其他年度。",
        ),
    }
)
FORMER: Mapping[str, str] = MappingProxyType(
    {
        "residence_day": "receipt_date",
        "registration_deadline": "end_of_award_year",
        "base": "least_of_received_invoiced_left",
        "unstated_technical_part": "technical_to_total_ratio",
        "rounding": "half_up_to_fen_once_per_organisation_role_year",
        "over_cap": "lapses",
    }
)

AGENCY_QUALITIES: Final = "agency_qualities"
_AGENCY_KINDS: Final = "agency_kinds"
"""What a release up to 0.1 knew an agency by. The one kind that it named is a quality now."""


def as_of_now(document: Mapping[str, Any], source: str) -> Mapping[str, Any]:
    """A programme's plain data with its rules among `rules`, also where an earlier release wrote it.

    Raises `SourceError` where such a rule has a value that no release computed by.
    """
    figures = document.get("parameters")
    if isinstance(figures, Mapping) and _AGENCY_KINDS in figures:
        figures = {AGENCY_QUALITIES if key == _AGENCY_KINDS else key: figures[key] for key in figures}
        document = {**document, "parameters": figures}
    if "rules" in document or not isinstance(figures, Mapping):
        return document
    rules = {key: _without_value(key, versions, source) for key, versions in figures.items() if key in FORMER}
    return {**document, "parameters": {key: figures[key] for key in figures if key not in FORMER}, "rules": rules}


def _without_value(key: str, versions: Any, source: str) -> list[dict[str, Any]]:
    rows = versions if isinstance(versions, list) and all(isinstance(row, dict) for row in versions) else [{}]
    if any(row.get("value") != FORMER[key] for row in rows):
        raise SourceError(f"{source}: parameters.{key}: only {FORMER[key]!r} was ever implemented")
    return [{name: said for name, said in row.items() if name != "value"} for row in rows]
