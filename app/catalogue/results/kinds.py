"""The kinds and states of results: pure, so that rules may know them without a database."""

from enum import Enum, StrEnum


class TechnicalField(StrEnum):
    """The eleven technical fields of the contract registry (技术领域)."""

    ELECTRONICS_INFORMATION = "electronics_information"
    AEROSPACE = "aerospace"
    ADVANCED_MANUFACTURING = "advanced_manufacturing"
    BIOMEDICINE = "biomedicine"
    NEW_MATERIALS = "new_materials"
    NEW_ENERGY = "new_energy"
    ENVIRONMENT = "environment"
    NUCLEAR = "nuclear"
    AGRICULTURE = "agriculture"
    TRANSPORT = "transport"
    URBAN_SOCIAL = "urban_social"


class IpType(StrEnum):
    """Kinds of intellectual property a result may consist of (知识产权类型)."""

    PATENT = "patent"
    PATENT_APPLICATION = "patent_application"
    TECHNICAL_SECRET = "technical_secret"
    SOFTWARE_COPYRIGHT = "software_copyright"
    LAYOUT_DESIGN = "layout_design"
    PLANT_VARIETY = "plant_variety"
    BIOLOGICAL_MEDICAL_VARIETY = "biological_medical_variety"


PATENTS = frozenset({IpType.PATENT, IpType.PATENT_APPLICATION})


class Secrecy(StrEnum):
    """Whether state secrets or national security are concerned: such a result is never listed (policy art. 2)."""

    NONE = "none"
    STATE_SECRET = "state_secret"
    NATIONAL_SECURITY = "national_security"


class ExportControl(StrEnum):
    """Standing under the catalogue of technologies prohibited or restricted from export."""

    NONE = "none"
    RESTRICTED = "restricted"
    PROHIBITED = "prohibited"


class EntitlementKind(StrEnum):
    """What the completing team was given (赋权): ownership, or a long-term right of use."""

    OWNERSHIP = "ownership"
    RIGHT_OF_USE = "right_of_use"


class TransferMode(StrEnum):
    """How a result changes hands (转化方式)."""

    ASSIGNMENT = "assignment"
    EXCLUSIVE_LICENCE = "exclusive_licence"
    SOLE_LICENCE = "sole_licence"
    ORDINARY_LICENCE = "ordinary_licence"
    EQUITY_CONTRIBUTION = "equity_contribution"
    COMMISSIONED_DEVELOPMENT = "commissioned_development"
    JOINT_DEVELOPMENT = "joint_development"
    CONSULTING = "consulting"
    SERVICE = "service"


class Need(Enum):
    """Whether a type of asset has a number or date: it must, it may, or it has none."""

    MUST = "must"
    MAY = "may"
    NONE = "none"
