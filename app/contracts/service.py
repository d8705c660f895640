"""Use cases of contracts: draft, amend, sign. Each runs in the caller's transaction; locks: deal, then contract."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from uuid import UUID

from app.contracts import grants, hooks, problems, queries, rules, schemas
from app.contracts.amounts import Amounts, Terms, balance
from app.contracts.drafting import service as drafting
from app.contracts.kinds import ContractStatus, RegistrationStatus
from app.contracts.models import Contract, ContractBroker, ContractDeduction, ContractParty
from app.core.access import Actor
from app.core.clock import read_clock, read_today
from app.core.database import Session
from app.core.history import events
from app.core.ids import NumberPrefix, new_id, readable_number
from app.core.problems import NOT_VERIFIED, UNKNOWN_REFERENCE, Text
from app.core.settings import City
from app.core.web.preconditions import Precondition
from app.identity import queries as identity
from app.identity.kinds import Verification
from app.identity.mergers import queries as mergers
from app.identity.mergers.rules import Successions, heir_on
from app.identity.models import Broker, Organisation
from app.identity.qualities.service import is_agency
from app.market.deals import queries as deal_queries
from app.market.deals import service as deal_service
from app.market.deals.kinds import DealOrigin, DealStatus, PartyRole
from app.market.deals.models import Deal
from app.market.deals.problems import PARTIES_MERGED
from app.market.deals.rules import is_live
from app.market.deals.schemas import PartyIn
from app.office.documents import queries as document_queries
from app.office.documents import service as documents
from app.office.documents.kinds import Visibility
from app.office.documents.models import Attachment

SIGNERS = (PartyRole.SELLER, PartyRole.BUYER)


async def draft_contract(session: Session, actor: Actor, body: schemas.ContractIn) -> Contract:
    """Draft a contract on a deal, by one of its sellers. Raises what `rules` refuses, and `deal_not_live`."""
    deal = await deal_queries.get_deal(session, actor, body.deal_id)
    await _lock_live(session, deal)
    check_side_of(actor, _of_deal(deal, PartyRole.SELLER), Text("a seller of the deal", "成交项目的转让方"))
    content = drafting.filled(deal, body)
    await _check_content(session, actor, deal, content, None)
    year = (await read_today(session)).year
    contract = Contract(
        id=new_id(),
        number=await readable_number(session, NumberPrefix.CONTRACT, year),
        deal_id=deal.id,
        status=ContractStatus.DRAFT,
        deductions=[],
        parties=[],
        brokers=[],
        registration=None,
    )
    _write(contract, content)
    session.add(contract)
    await session.flush()
    _tell(session, "contract.drafted", contract)
    await _attach_supplement(session, actor, contract, content)
    return await queries.get_contract(session, actor, contract.id)


async def amend_contract(
    session: Session, actor: Actor, contract_id: UUID, body: schemas.ContractContent, precondition: Precondition
) -> Contract:
    """Replace what a draft says; a signed contract whose registration was refused becomes a draft again [P].

    Signatures were given to the text before, so they fall away. Raises `contract_not_draft`, `precondition_failed`, and
    what `rules` refuses.
    """
    contract, deal = await _lock_both(session, actor, contract_id)
    precondition.check(contract.revision)
    check_side_of(actor, parties_of(contract, PartyRole.SELLER), problems.SELLER)
    refused = contract.registration is not None and contract.registration.status == RegistrationStatus.REFUSED
    if contract.status != ContractStatus.DRAFT and not (contract.status == ContractStatus.SIGNED and refused):
        raise problems.CONTRACT_NOT_DRAFT(status=contract.status)
    await _check_content(session, actor, deal, body, contract)
    # Old rows leave before new ones with the same keys come.
    contract.deductions.clear()
    contract.parties.clear()
    contract.brokers.clear()
    await session.flush()
    was_signed = contract.status == ContractStatus.SIGNED
    contract.status, contract.signed_on = ContractStatus.DRAFT, None
    _write(contract, body)
    contract.revision += 1
    await session.flush()
    _tell(session, "contract.amended", contract)
    await _attach_supplement(session, actor, contract, body)
    if was_signed:
        await hooks.amended.announce(session, contract, await read_clock(session))
    return contract


async def sign_contract(
    session: Session, actor: Actor, contract_id: UUID, body: schemas.SignatureIn, precondition: Precondition
) -> Contract:
    """Record a seller's or buyer's signature of the revision it read; the last one concludes the contract.

    Then `signed_on` is the latest of their days, the brokers must have been employed on it, the deal is under contract,
    and the contract grants what the deal sold. Raises `contract_party_only`, `contract_already_signed`,
    `broker_not_employed`, `grant_excluded`, `asset_not_free` and what the dates refuse.
    """
    titles = await _lock_rights(session, actor, contract_id)
    contract, deal = await _lock_both(session, actor, contract_id)
    precondition.check(contract.revision, any_revision=False)
    if contract.status != ContractStatus.DRAFT:
        raise problems.CONTRACT_NOT_DRAFT(status=contract.status)
    signers = [party for party in contract.parties if party.role in SIGNERS]
    check_side_of(actor, [party.organisation_id for party in signers], problems.SIGNER)
    await _check_not_stopped(session, [party.organisation_id for party in signers])
    now = await read_clock(session)
    today = session.city.day_of(now)
    sellers, buyers = (parties_of(contract, role) for role in SIGNERS)
    if await mergers.is_one_body(session, sellers, buyers, today):
        raise PARTIES_MERGED()
    rules.check_signing(body.signed_on, today, contract.valid_to, _agreed_on(deal, session.city))
    for party in signers:
        if party.organisation_id == actor.organisation_id:
            if party.signed_on is not None:
                raise problems.ALREADY_SIGNED(signed_on=party.signed_on)
            party.signed_on, party.signed_at = body.signed_on, now
    contract.revision += 1
    days = [party.signed_on for party in signers if party.signed_on is not None]
    if len(days) == len(signers):
        await _conclude(session, contract, deal, max(days), titles)
    else:
        _tell(session, "contract.party_signed", contract)
    await session.flush()
    return contract


async def attach_document(
    session: Session, actor: Actor, contract_id: UUID, body: schemas.ContractDocumentIn
) -> Attachment:
    """A seller or buyer attaches a document of its own. Raises `unknown_reference`, `already_attached`."""
    contract = await queries.get_contract(session, actor, contract_id)
    signers = [party.organisation_id for party in contract.parties if party.role in SIGNERS]
    check_side_of(actor, signers, problems.SIGNER)
    return await _attach(session, actor, contract, body.document_id, body.title)


async def _attach_supplement(
    session: Session, actor: Actor, contract: Contract, content: schemas.ContractContent
) -> None:
    """The paper of the departures is attached to the contract once, however often the contract is amended."""
    supplement, subject = content.supplement, ("contract", contract.id)
    if supplement is None:
        return
    known = await document_queries.attachments_of(session, subject, include_private=True)
    if supplement.document_id not in {row.document_id for row in known}:
        await _attach(session, actor, contract, supplement.document_id, supplement.title, "supplement.document_id")


async def _attach(
    session: Session, actor: Actor, contract: Contract, document_id: UUID, title: str, field: str = "document_id"
) -> Attachment:
    subject = ("contract", contract.id)
    attachment = await documents.attach(
        session,
        actor,
        subject=subject,
        document_id=document_id,
        title=title,
        visibility=Visibility.PARTIES,
        field=field,
    )
    payload = {"number": contract.number, "document_id": document_id, "sha256": attachment.document.sha256}
    events.append(
        session,
        "contract.document_attached",
        ("contract", contract.id),
        audience=audience_of(contract),
        payload=payload,
    )
    return attachment


async def _lock_rights(session: Session, actor: Actor, contract_id: UUID) -> grants.Titles:
    seen = await queries.get_contract(session, actor, contract_id)
    deal = await deal_queries.get_deal(session, actor, seen.deal_id)
    return await grants.lock_rights(session, seen, deal)


async def _conclude(session: Session, contract: Contract, deal: Deal, signed_on: date, titles: grants.Titles) -> None:
    brokers = await identity.brokers_by_id(session, [row.broker_id for row in contract.brokers])
    agencies = await identity.organisations_by_id(session, {row.agency_id for row in contract.brokers})
    employers = {job.agency_id for broker in brokers.values() for job in broker.employments}
    merged = await mergers.successions(session, employers | agencies.keys())
    for index, row in enumerate(contract.brokers):
        employed = _employed(brokers[row.broker_id], agencies[row.agency_id], merged, signed_on)
        rules.check_broker(f"brokers.{index}", employed, signed_on)
    contract.status, contract.signed_on = ContractStatus.SIGNED, signed_on
    if deal.status == DealStatus.AGREED:
        await deal_service.mark_contracted(session, deal.id)
    await grants.write(session, contract, deal, titles, await read_clock(session))
    _tell(session, "contract.signed", contract)
    await hooks.signed.announce(session, contract, await read_clock(session))


async def _check_not_stopped(session: Session, ids: Iterable[UUID]) -> None:
    """Nobody signs with an organisation that is suspended: raises `organisation_not_verified`."""
    for party in (await identity.organisations_by_id(session, ids)).values():
        if party.verification == Verification.SUSPENDED:
            raise NOT_VERIFIED(name=party.name, verification=party.verification)


async def _lock_live(session: Session, deal: Deal) -> None:
    await deal_queries.lock_deal(session, deal.id)
    if not is_live(deal.status, deal.contract_due_at, await read_clock(session)):
        status = DealStatus.EXPIRED if deal.status == DealStatus.AGREED else deal.status
        raise problems.DEAL_NOT_LIVE(status=status)


async def _lock_both(session: Session, actor: Actor, contract_id: UUID) -> tuple[Contract, Deal]:
    """The contract and its deal, locked in the one order that every writer keeps; raises `deal_not_live`."""
    seen = await queries.get_contract(session, actor, contract_id)
    deal = await deal_queries.get_deal(session, actor, seen.deal_id)
    await _lock_live(session, deal)
    return await queries.lock_contract(session, actor, contract_id), deal


async def _check_content(
    session: Session, actor: Actor, deal: Deal, body: schemas.ContractContent, contract: Contract | None
) -> None:
    """Check a contract's content before it is stored, under the deal's lock."""
    rules.check_type(body.type, deal.transfer_mode)
    rules.check_amounts(body.total_amount, body.technical_amount, [item.amount for item in body.deductions])
    rules.check_validity(body.valid_from, body.valid_to, _agreed_on(deal, session.city))
    rules.check_side("sellers", PartyRole.SELLER, _parts(body.sellers), _shares(deal, PartyRole.SELLER))
    rules.check_side("buyers", PartyRole.BUYER, _parts(body.buyers), _shares(deal, PartyRole.BUYER))
    rules.check_side("agencies", PartyRole.AGENCY, _parts(body.agencies), _shares(deal, PartyRole.AGENCY))
    check_side_of(actor, [party.organisation_id for party in body.sellers], problems.SELLER)
    rules.check_agency_service(_parts(body.agencies), body.agency_service)
    await _check_brokers(session, body)
    if contract is not None:
        await _check_paid(session, contract, body)
    if not rules.are_provisional(body.payment_terms):
        others = await queries.fixed_total_of_others(session, deal.id, contract.id if contract else None)
        rules.check_price(deal.price, others, body.total_amount)
    drafting.check(deal, body)


async def _check_brokers(session: Session, body: schemas.ContractContent) -> None:
    """Brokers exist, work for one agency each, and their shares sum to 1. Employment is judged on the signing day."""
    named = [broker.broker_id for agency in body.agencies for broker in agency.brokers]
    known = await identity.brokers_by_id(session, named) if named else {}
    elsewhere: set[UUID] = set()
    for index, agency in enumerate(body.agencies):
        field = f"agencies.{index}.brokers"
        rules.check_shares(field, [rules.Part(broker.broker_id, broker.share) for broker in agency.brokers])
        for position, broker in enumerate(agency.brokers):
            if broker.broker_id not in known:
                raise UNKNOWN_REFERENCE(field=f"{field}.{position}.broker_id", what=Text("broker", "技术经纪人"))
            if broker.broker_id in elsewhere:
                raise problems.NAMED_TWICE(field=f"{field}.{position}.broker_id", id=broker.broker_id)
        elsewhere |= {broker.broker_id for broker in agency.brokers}


async def _check_paid(session: Session, contract: Contract, body: schemas.ContractContent) -> None:
    """An amended contract keeps what was paid on it, and the parties who paid and received."""
    stated = Amounts(body.total_amount, body.technical_amount)
    terms = Terms(body.total_amount, stated, rules.are_provisional(body.payment_terms))
    now = balance(terms, await queries.paid_on(session, contract.id))
    kept = {
        "buyers": {party.organisation_id for party in body.buyers},
        "sellers": {party.organisation_id for party in body.sellers},
    }
    rules.check_amendment(now, await queries.paying_parties(session, contract.id), kept)


def _write(contract: Contract, body: schemas.ContractContent) -> None:
    contract.type = body.type
    contract.name = body.name
    contract.technical_field = body.technical_field
    contract.industry_code = body.industry_code
    contract.valid_from = body.valid_from
    contract.valid_to = body.valid_to
    contract.payment_terms = body.payment_terms
    contract.total_amount = body.total_amount
    contract.technical_amount = body.technical_amount
    contract.amounts_provisional = rules.are_provisional(body.payment_terms)
    contract.agency_service = body.agency_service
    contract.field_of_use = body.field_of_use
    contract.sublicensing = body.sublicensing
    contract.supplement_document_id = body.supplement.document_id if body.supplement else None
    contract.supplement_fields = [str(field) for field in body.supplement.fields] if body.supplement else None
    contract.deductions.extend(
        ContractDeduction(position=position, **item.model_dump()) for position, item in enumerate(body.deductions)
    )
    sides: tuple[tuple[PartyRole, Iterable[PartyIn]], ...] = (
        (PartyRole.SELLER, body.sellers),
        (PartyRole.BUYER, body.buyers),
        (PartyRole.AGENCY, body.agencies),
    )
    contract.parties.extend(
        ContractParty(role=role, position=position, organisation_id=party.organisation_id, share=party.share)
        for role, side in sides
        for position, party in enumerate(side)
    )
    contract.brokers.extend(
        ContractBroker(
            agency_id=agency.organisation_id, position=position, broker_id=broker.broker_id, share=broker.share
        )
        for agency in body.agencies
        for position, broker in enumerate(agency.brokers)
    )


def parties_of(contract: Contract, role: PartyRole) -> list[UUID]:
    """The organisations on one side of a contract, in its order."""
    return [party.organisation_id for party in contract.parties if party.role == role]


def check_side_of(actor: Actor, side: list[UUID], name: Text) -> None:
    """Raises `contract_party_only` unless the actor's organisation is on that side."""
    if actor.organisation() not in side:
        raise problems.PARTY_ONLY(side=name)


def audience_of(contract: Contract) -> list[UUID]:
    """Who hears of a contract's changes: its parties and the exchange's staff."""
    return [*events.STAFF, *(party.organisation_id for party in contract.parties)]


def _tell(session: Session, type_: str, contract: Contract) -> None:
    payload = {
        "number": contract.number,
        "deal_id": contract.deal_id,
        "type": contract.type,
        "total_amount": contract.total_amount,
        "technical_amount": contract.technical_amount,
        "revision": contract.revision,
    }
    events.append(session, type_, ("contract", contract.id), audience=audience_of(contract), payload=payload)


def _agreed_on(deal: Deal, city: City) -> date | None:
    """The day of agreement; None for a deal recorded from elsewhere, whose public dates may follow its contract."""
    return city.day_of(deal.agreed_at) if deal.origin == DealOrigin.EXCHANGE else None


def _of_deal(deal: Deal, role: PartyRole) -> list[UUID]:
    return [party.organisation_id for party in deal.parties if party.role == role]


def _shares(deal: Deal, role: PartyRole) -> dict[UUID, Decimal]:
    return {party.organisation_id: party.share for party in deal.parties if party.role == role}


def _parts(parties: Iterable[PartyIn]) -> list[rules.Part]:
    return [rules.Part(party.organisation_id, party.share) for party in parties]


def _employed(broker: Broker, agency: Organisation, merged: Successions, day: date) -> rules.Employed:
    """The broker's days with an agency; none where it is no agency on the day that is asked for.

    Whom a merged agency employed, its heir employs from the merger on.
    """
    here = heir_on(merged, agency.id, day)
    jobs = [job for job in broker.employments if heir_on(merged, job.agency_id, day) == here and is_agency(agency, day)]
    periods = tuple((job.valid_from, job.valid_to) for job in jobs)
    return rules.Employed(broker.id, broker.certified_on, periods)
