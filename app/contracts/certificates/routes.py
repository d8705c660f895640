"""HTTP of transaction certificates."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from app.contracts.certificates import printed, queries, rules, schemas, service
from app.contracts.certificates.kinds import CertificateStatus
from app.contracts.certificates.models import Certificate
from app.contracts.settlement import queries as settlement_queries
from app.contracts.settlement import service as settlements
from app.core.access import Actor, Role
from app.core.clock import read_clock
from app.core.schemas import ReasonIn
from app.core.web.access import EVERY_ROLE, Public, allow
from app.core.web.http import Config, MoneyEndpoint, Session, file_answer
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router
from app.market.deals import queries as deals
from app.office.printing.service import print_pdf

router = Router(route_class=MoneyEndpoint, tags=("certificates",))

Reader = Annotated[Actor, allow(*EVERY_ROLE, scope="certificates:read")]
Operator = Annotated[Actor, allow(Role.OPERATOR, scope="certificates:write")]
PDF = "application/pdf"


@router.get("/certificates/verify/{code}", operation_id="verify_certificate")
async def verify(
    actor: Public, session: Session, code: Annotated[str, Path(min_length=1, max_length=64)]
) -> schemas.CertificateVerificationOut:
    """Verify a certificate by its verification code (核验码), and read what it says. No key is needed.

    Hyphens, spaces and case do not matter.
    """
    row = await queries.get_by_fingerprint(session, rules.fingerprint(code))
    ground = None if row.revocation else await queries.current_period(session, row.deal_id, service.GROUND)
    return schemas.CertificateVerificationOut.of(
        row,
        status=_status(row),
        revoked_at=row.revocation.revoked_at if row.revocation else None,
        ground_lost_on=ground.starts_on if ground else None,
        ground_due_on=ground.ends_on if ground else None,
        content=schemas.CertificateContent.model_validate_json(row.content),
        server_time=await read_clock(session),
    )


@router.get("/deals/{deal_id}/certificate-conditions", operation_id="read_certificate_conditions")
async def read_conditions(actor: Reader, session: Session, deal_id: UUID) -> schemas.CertificateConditionsOut:
    """Read the three conditions of a deal's certificate.

    The answer says which hold since when, what is missing, and by when it is due.
    """
    deal = await deals.get_deal(session, actor, deal_id)
    settlement = await settlement_queries.find_settlement(session, deal_id)
    facts = await settlements.facts_of(session, deal, settlement) if settlement else None
    period = await queries.current_period(session, deal_id, service.PERIOD)
    latest = await queries.latest(session, deal_id)
    return schemas.CertificateConditionsOut(
        deal_id=deal_id,
        conditions=list(service.conditions_of(facts)),
        certificate_id=latest.id if latest and not latest.revocation else None,
        issue_due_on=period.ends_on if period else None,
        issue_due_provisional=period.provisional if period else False,
        server_time=await read_clock(session),
    )


@router.post("/deals/{deal_id}/certificate", status_code=201, operation_id="issue_certificate")
async def issue(actor: Operator, session: Session, deal_id: UUID) -> schemas.CertificateOut:
    """Issue the transaction certificate (交易凭证) of a deal whose three conditions hold.

    The price is then ordered to be paid out.
    """
    return await _answer(session, await service.issue(session, actor, deal_id))


@router.get("/certificates", operation_id="list_certificates")
async def list_certificates(
    actor: Reader,
    session: Session,
    page: Annotated[PageRequest, sorted_by(queries.ORDERS, queries.FILTERS)],
) -> Page[schemas.CertificateOut]:
    """List the certificates of your organisation's deals, newest first. Staff see all."""
    found = await queries.list_certificates(session, actor, page)
    now = await read_clock(session)
    return found.shown(lambda row: _shown(row, now))


@router.get(
    "/certificates/{certificate_id}.pdf",
    operation_id="print_certificate",
    response_class=Response,
    responses=file_answer("The certificate on paper", PDF),
)
async def print_certificate(actor: Reader, session: Session, settings: Config, certificate_id: UUID) -> Response:
    """Download the certificate as PDF, with verification code and QR code. Its bytes change only if it is revoked."""
    row = await queries.get_certificate(session, actor, certificate_id)
    content = await print_pdf(printed.certificate(row, settings.public_url))
    headers = {"Content-Disposition": f'inline; filename="{row.number}.pdf"'}
    return Response(content, media_type=PDF, headers=headers)


@router.get("/certificates/{certificate_id}", operation_id="read_certificate")
async def read_certificate(actor: Reader, session: Session, certificate_id: UUID) -> schemas.CertificateOut:
    """Read a certificate. The parties of its deal and staff may."""
    return await _answer(session, await queries.get_certificate(session, actor, certificate_id))


@router.post("/certificates/{certificate_id}/revocation", status_code=201, operation_id="revoke_certificate")
async def revoke(actor: Operator, session: Session, certificate_id: UUID, body: ReasonIn) -> schemas.CertificateOut:
    """Revoke a certificate, with the reason. It stays on record; a corrected one may be issued and names it."""
    return await _answer(session, await service.revoke(session, actor, certificate_id, body.reason))


def _status(row: Certificate) -> CertificateStatus:
    return CertificateStatus.REVOKED if row.revocation else CertificateStatus.VALID


async def _answer(session: Session, row: Certificate) -> schemas.CertificateOut:
    return _shown(row, await read_clock(session))


def _shown(row: Certificate, now: datetime) -> schemas.CertificateOut:
    content = schemas.CertificateContent.model_validate_json(row.content)
    return schemas.CertificateOut.of(row, status=_status(row), content=content, server_time=now)
