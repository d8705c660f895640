"""The kinds and states of identity: pure, so that rules may know them without a database."""

from enum import StrEnum


class OrganisationKind(StrEnum):
    """What an organisation is. Whether it is an agency is no matter of its kind but a `Quality`, with days."""

    ENTERPRISE = "enterprise"
    UNIVERSITY = "university"
    RESEARCH_INSTITUTE = "research_institute"
    MEDICAL_INSTITUTION = "medical_institution"
    NEW_TYPE_RD_INSTITUTION = "new_type_rd_institution"
    TECHNOLOGY_TRANSFER_AGENCY = "technology_transfer_agency"
    APPRAISER = "appraiser"
    FUND_MANAGER = "fund_manager"
    GOVERNMENT_BODY = "government_body"
    NATURAL_PERSON = "natural_person"


class Quality(StrEnum):
    """What an organisation is recognised as for a time, besides its kind (articles of the city's policy)."""

    TECHNOLOGY_TRANSFER_AGENCY = "technology_transfer_agency"
    """技术转移机构 (art. 14): it serves deals for an award, employs brokers, and is mandated by sellers."""
    DEMONSTRATION_AGENCY = "demonstration_agency"
    """技术转移示范机构."""
    CONVERSION_CENTRE = "conversion_centre"
    """科技成果转化中心 (art. 10)."""
    PILOT_PLATFORM = "pilot_platform"
    """中试平台 (art. 10)."""
    INNOVATION_CENTRE = "innovation_centre"
    """技术（产业）创新中心 (art. 8)."""
    SCENE_PARTNER = "scene_partner"
    """创新成果场景应用友好单位 (art. 6)."""
    TECHNOLOGY_SME = "technology_sme"
    """科技型中小企业 (art. 9)."""
    HIGH_TECH_ENTERPRISE = "high_tech_enterprise"
    """高新技术企业 (art. 9)."""


class Verification(StrEnum):
    """What the operator found. Only a verified organisation lists, buys or serves."""

    PENDING = "pending"
    VERIFIED = "verified"
    REFUSED = "refused"
    SUSPENDED = "suspended"


class RelationKind(StrEnum):
    """Why two organisations are related parties (关联方)."""

    CONTROL = "control"
    COMMON_CONTROL = "common_control"
    SHAREHOLDING = "shareholding"
    COMMON_OFFICER = "common_officer"
