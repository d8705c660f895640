"""All reading of certificates, for the deal's parties, the exchange's staff, and everybody who has the code."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from app.catalogue.appraisals.kinds import ReportStatus
from app.catalogue.appraisals.models import AppraisalReport
from app.contracts.certificates.models import Certificate
from app.core.access import Actor
from app.core.database import Session, find_one, read_all, read_one
from app.core.problems import Text
from app.core.web.filters import between, equal
from app.core.web.pages import Found, Orders, PageRequest, read_page
from app.law.periods.models import Period
from app.law.periods.queries import CURRENT
from app.market.deals import queries as deals
from app.market.deals.models import Deal
from app.market.listings.models import Listing, ListingVersion

ORDERS: Final = Orders("-id", Certificate.id, Certificate.issued_at)
FILTERS: Final = (equal(Certificate.deal_id, UUID, "Of this deal"), *between("issued", Certificate.issued_at))


def _certificates() -> Select[Certificate]:
    statement = select(Certificate).options(selectinload(Certificate.revocation))
    return statement.execution_options(populate_existing=True)


def _visible(actor: Actor) -> Select[Certificate]:
    statement = _certificates()
    if actor.is_staff:
        return statement
    return statement.where(Certificate.deal_id.in_(deals.visible(actor).with_only_columns(Deal.id)))


async def get_certificate(session: Session, actor: Actor, certificate_id: UUID) -> Certificate:
    """One certificate with its revocation, if the actor may see its deal; raises `not_found`."""
    return await _one(session, _visible(actor).where(Certificate.id == certificate_id))


async def get_by_fingerprint(session: Session, code_sha256: str) -> Certificate:
    """The certificate of a verification code, without a check of access; raises `not_found`."""
    return await _one(session, _certificates().where(Certificate.code_sha256 == code_sha256))


async def _one(session: Session, statement: Select[Certificate]) -> Certificate:
    return await read_one(session, statement, Text("certificate", "交易凭证"))


async def list_certificates(session: Session, actor: Actor, page: PageRequest) -> Found[Certificate]:
    """A page of what the actor may see, newest first."""
    return await read_page(session, _visible(actor), page, ORDERS)


async def of_deal(session: Session, deal_id: UUID) -> Sequence[Certificate]:
    """Every certificate of a deal, oldest first, for those who see the deal."""
    statement = _certificates().where(Certificate.deal_id == deal_id).order_by(Certificate.id)
    return await read_all(session, statement)


async def latest(session: Session, deal_id: UUID) -> Certificate | None:
    """A deal's newest certificate, valid or revoked. To decide on it, hold the deal's lock."""
    statement = _certificates().where(Certificate.deal_id == deal_id).order_by(Certificate.id.desc()).limit(1)
    return await find_one(session, statement)


async def current_period(session: Session, deal_id: UUID, rule: str) -> Period | None:
    """The period of a rule over a deal, if it runs: to issue its certificate, or to mend the ground of one."""
    statement = select(Period).where(
        Period.subject_type == "deal", Period.subject_id == deal_id, Period.rule == rule, Period.status.in_(CURRENT)
    )
    return await find_one(session, statement)


async def listing_of(session: Session, listing_id: UUID) -> tuple[Listing, datetime]:
    """A listing, without a check of access, and when it was first published."""
    statement = (
        select(Listing, ListingVersion.published_at)
        .join(ListingVersion, ListingVersion.listing_id == Listing.id)
        .where(Listing.id == listing_id, ListingVersion.version == 1)
    )
    row = (await session.execute(statement)).one()
    return row[0], row[1]


async def appraisal_on(session: Session, result_id: UUID, day: date) -> AppraisalReport | None:
    """The newest accepted report on a result that was in force on a day, with its appraiser."""
    statement = (
        select(AppraisalReport)
        .where(
            AppraisalReport.result_id == result_id,
            AppraisalReport.status == ReportStatus.ACCEPTED,
            AppraisalReport.base_date <= day,
            AppraisalReport.valid_to >= day,
        )
        .options(selectinload(AppraisalReport.appraiser))
        .order_by(AppraisalReport.base_date.desc(), AppraisalReport.id.desc())
        .limit(1)
    )
    return await find_one(session, statement)
