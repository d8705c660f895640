"""The kinds and states of identity: pure, so that rules may know them without a database."""

from enum import StrEnum


class OrganisationKind(StrEnum):
    """What an organisation is. The awards of article 14 turn on it."""

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
