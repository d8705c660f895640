"""Requests and responses of certificates, and what a certificate says."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.catalogue.results.kinds import TransferMode
from app.catalogue.rights.schemas import SealedAsset
from app.contracts.certificates.kinds import CertificateStatus, PriceStanding
from app.contracts.kinds import ContractType, PaymentTerms
from app.contracts.settlement.schemas import CertificateConditionOut
from app.core.schemas import Amount, Output, Share
from app.market.deals.kinds import PriceBasis
from app.market.listings.kinds import PricingMode


class CertifiedParty(Output):
    """A party as the certificate names it; natural persons have no credit code."""

    name: str
    uscc: str | None
    share: Share


class CertifiedContract(Output):
    number: str
    name: str
    type: ContractType
    signed_on: date
    payment_terms: PaymentTerms


class CertifiedAppraisal(Output):
    """The appraisal report that was in force when the price was agreed."""

    number: str
    appraiser: str
    base_date: date
    value: Amount


class CertifiedPrice(Output):
    """The price: its certain part, what of it is paid in money, what of that had arrived at the issue (CNY)."""

    amount: Amount
    basis: PriceBasis
    cash: Amount
    arrived: Amount
    through_exchange: Amount
    direct: Amount
    standing: PriceStanding | None = Field(
        default=None, description="Where the price stood at the issue; missing in certificates of release 0.1"
    )


class Conclusion(Output):
    code: str
    zh: str
    en: str


class CertificateContent(Output):
    """What a transaction certificate (交易凭证) says. Its canonical JSON (RFC 8785) is sealed with SHA-256."""

    number: str
    verification_code: str
    issued_on: date
    replaces: str | None = Field(description="The number of the revoked certificate that this one corrects")
    deal_number: str
    project_number: str = Field(description="The listing's number (项目编号)")
    listed_from: date
    listed_until: date
    signed_on: date
    contracts: list[CertifiedContract]
    sellers: list[CertifiedParty]
    buyers: list[CertifiedParty]
    subject: str
    assets: list[SealedAsset] | None = Field(
        default=None, description="The rights that were sold; missing in certificates of release 0.1"
    )
    transfer_mode: TransferMode
    pricing_mode: PricingMode
    appraisal: CertifiedAppraisal | None
    price: CertifiedPrice
    conclusion: Conclusion


class CertificateRevocationOut(Output):
    reason: str
    revoked_at: datetime


class CertificateOut(Output):
    """A certificate. `sha256` is that of the canonical JSON of `content`."""

    id: UUID
    number: str
    deal_id: UUID
    status: CertificateStatus
    replaces_id: UUID | None
    content: CertificateContent
    sha256: str
    issued_at: datetime
    revocation: CertificateRevocationOut | None
    server_time: datetime


class CertificateVerificationOut(Output):
    """What anyone who has the code may know: whether the certificate is valid, if its ground fell away, its content."""

    status: CertificateStatus
    revoked_at: datetime | None
    ground_lost_on: date | None = Field(
        description="The day on which a condition of this valid certificate fell away; null while all hold"
    )
    ground_due_on: date | None = Field(
        description="The last day for it to hold again (period `certificate_ground`); then the certificate is revoked"
    )
    content: CertificateContent
    sha256: str
    server_time: datetime


class CertificateConditionsOut(Output):
    """The three conditions of a deal's certificate, and by when it is issued once they hold."""

    deal_id: UUID
    conditions: list[CertificateConditionOut]
    certificate_id: UUID | None = Field(description="The valid certificate, if there is one")
    issue_due_on: date | None = Field(description="The last day for issuing it (period `certificate`)")
    issue_due_provisional: bool
    server_time: datetime
