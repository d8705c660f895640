"""Laws, measures and rules (法律依据), each named once: `CIVIL_CODE.art("846")` is what a refusal or a period cites.

A name is what is cited in each language: the title, with the document's number or day where the title alone does not
tell it apart. Figures name an instrument in their references by its key in `INSTRUMENTS`: `"{civil_code}, art. 847"`.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from app.core.problems import Rule, Text


@dataclass(frozen=True, slots=True)
class Instrument(Text):
    """A law, measure or rule: its name in both languages, when it was issued and on which days it holds, if known."""

    issued_on: date | None = None
    holds_from: date | None = None
    holds_to: date | None = None

    def art(self, article: str | Text) -> Rule:
        """An article of it, or several: `art("22, 23, 30")`."""
        return Rule(self, article)


CIVIL_CODE: Final = Instrument("Civil Code", "《中华人民共和国民法典》")
TECHNOLOGY_INTERPRETATION: Final = Instrument(
    "Interpretation of the Supreme People's Court on disputes over technology contracts",
    "《最高人民法院关于审理技术合同纠纷案件适用法律若干问题的解释》",
)
PATENT_LAW: Final = Instrument("Patent Law", "《中华人民共和国专利法》")
AUCTION_LAW: Final = Instrument("Auction Law", "《中华人民共和国拍卖法》")
PROGRESS_LAW: Final = Instrument("Law on Progress of Science and Technology", "《中华人民共和国科学技术进步法》")
CONVERSION_LAW: Final = Instrument(
    "Law on Promoting the Conversion of Scientific and Technological Achievements",
    "《中华人民共和国促进科技成果转化法》",
)
CONVERSION_PROVISIONS: Final = Instrument(
    "State Council provisions of 2016 on the Law on Promoting Conversion (Guofa 2016 No. 16)",
    "《实施〈中华人民共和国促进科技成果转化法〉若干规定》（国发〔2016〕16号）",
)
EXPORT_RULES: Final = Instrument(
    "Regulations on the administration of technology import and export",
    "《中华人民共和国技术进出口管理条例》",
)
POLICY: Final = Instrument(
    "Wuhan measures for promoting the conversion of scientific and technological achievements",
    "《武汉市促进科技成果转化的若干政策措施》",
    issued_on=date(2024, 1, 28),
)
REGISTRATION_MEASURES: Final = Instrument(
    "Measures of 2026-01-23 on the recognition and registration of technology contracts",
    "《技术合同认定登记管理办法》（2026-01-23）",
    issued_on=date(2026, 1, 23),
    holds_from=date(2026, 3, 1),
)
REGISTRATION_MEASURES_2000: Final = Instrument(
    "Measures of 2000 on the recognition and registration of technology contracts",
    "《技术合同认定登记管理办法》（2000）",
    holds_from=date(2000, 2, 16),
    holds_to=date(2026, 2, 28),
)
RECOGNITION_RULES_2001: Final = Instrument(
    "Rules of 2001 on the recognition of technology contracts", "《技术合同认定规则》（2001）"
)
OPERATING_RULES: Final = Instrument(
    "Operating rules for transactions in state-owned property rights of enterprises (SASAC 2009 No. 120)",
    "《企业国有产权交易操作规则》（国资发产权〔2009〕120号）",
)
CERTIFICATE_RULES: Final = Instrument(
    "Detailed operating rules on issuing transaction certificates", "《出具交易凭证操作细则》"
)
REPORT_STANDARD: Final = Instrument(
    "Practice standard for asset appraisal reports (2018)", "《资产评估执业准则——资产评估报告》（2018）"
)
EXCHANGE_PRACTICE: Final = Instrument("Practice of the exchanges on related parties", "交易机构关联交易惯例")
CITY_PRACTICE: Final = Instrument("Practice of cities on challenges", "各地揭榜挂帅实践")

INSTRUMENTS: Final = {name.lower(): found for name, found in list(globals().items()) if isinstance(found, Instrument)}

CHALLENGE_PRACTICE: Final = CITY_PRACTICE.art(Text("on challenges", "揭榜挂帅"))
DEPOSITS: Final = OPERATING_RULES.art(Text("on deposits", "交易保证金"))
