"""HTTP of contracts."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from app.contracts import queries, schemas, service
from app.contracts.drafting import service as drafting
from app.contracts.models import Contract, ContractBroker, ContractParty
from app.core.access import Actor, Role
from app.core.clock import read_today
from app.core.web.access import EVERY_ROLE, allow
from app.core.web.http import Endpoint, IfMatch, Session
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router
from app.identity.names.queries import names_on
from app.market.deals import queries as deal_queries
from app.market.deals.kinds import PartyRole
from app.market.deals.queries import assets_of_deal
from app.office.documents.queries import ATTACHED, list_attachments
from app.office.documents.schemas import AttachmentOut

router = Router(route_class=Endpoint, tags=("contracts",))

Reader = Annotated[Actor, allow(*EVERY_ROLE, scope="contracts:read")]
CaseReader = Annotated[Actor, allow(*EVERY_ROLE, Role.BROKER_IN_PERSON, scope="contracts:read")]
PartyActor = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, scope="contracts:write", merged=True)]


@router.post("/contracts", status_code=201, operation_id="draft_contract")
async def draft_contract(actor: PartyActor, session: Session, body: schemas.ContractIn) -> schemas.ContractOut:
    """Draft a contract (技术合同) on a deal, as one of its sellers. A deal may have several, of different types.

    What the deal says may be left out. What departs from it is refused after a public competition, else it needs a
    supplement that names it.
    The technical amount is the total less the deductions, to the fen; the parties are the deal's, or some of them.
    """
    contract = await service.draft_contract(session, actor, body)
    return await _answer(session, contract)


@router.get("/contracts", operation_id="list_contracts")
async def list_contracts(
    actor: CaseReader,
    session: Session,
    page: Annotated[PageRequest, sorted_by(queries.ORDERS, queries.FILTERS)],
) -> Page[schemas.ContractSummary]:
    """List the contracts that your organisation is a party of, oldest first. Staff see all.

    A broker in person sees the signed ones that name it.
    """
    found = await queries.list_contracts(session, actor, page)
    return found.shown(_summary)


@router.get("/contracts/{contract_id}", operation_id="read_contract")
async def read_contract(actor: CaseReader, session: Session, contract_id: UUID) -> schemas.ContractOut:
    """Read a contract with its parties, brokers and deductions. Its parties, its brokers in person and staff may."""
    return await _answer(session, await queries.get_contract(session, actor, contract_id))


@router.patch("/contracts/{contract_id}", operation_id="amend_contract")
async def amend_contract(
    actor: PartyActor, session: Session, contract_id: UUID, body: schemas.ContractContent, if_match: IfMatch
) -> schemas.ContractOut:
    """Replace what a draft contract says, its lists too. Signatures given before no longer count.

    A signed contract whose registration was refused becomes a draft again. It is then signed and applied for again.
    """
    contract = await service.amend_contract(session, actor, contract_id, body, if_match)
    return await _answer(session, contract)


@router.post("/contracts/{contract_id}/signature", operation_id="sign_contract")
async def sign_contract(
    actor: PartyActor, session: Session, contract_id: UUID, body: schemas.SignatureIn, if_match: IfMatch
) -> schemas.ContractOut:
    """Sign the revision that you read. The contract is concluded when every seller and buyer has signed."""
    contract = await service.sign_contract(session, actor, contract_id, body, if_match)
    return await _answer(session, contract)


@router.post("/contracts/{contract_id}/documents", status_code=201, operation_id="attach_contract_document")
async def attach_document(
    actor: PartyActor, session: Session, contract_id: UUID, body: schemas.ContractDocumentIn
) -> AttachmentOut:
    """Attach an uploaded document to a contract, as a seller or a buyer."""
    return AttachmentOut.model_validate(await service.attach_document(session, actor, contract_id, body))


@router.get("/contracts/{contract_id}/documents", operation_id="list_contract_documents")
async def list_documents(
    actor: Reader, session: Session, contract_id: UUID, page: Annotated[PageRequest, sorted_by(ATTACHED)]
) -> Page[AttachmentOut]:
    """List the documents attached to a contract."""
    await queries.get_contract(session, actor, contract_id)
    found = await list_attachments(session, ("contract", contract_id), page, include_private=True)
    return found.shown(AttachmentOut.model_validate)


async def _answer(session: Session, contract: Contract) -> schemas.ContractOut:
    day = contract.signed_on or await read_today(session)
    deal = await deal_queries.read_deal(session, contract.deal_id)
    names = await names_on(session, {party.organisation_id for party in contract.parties}, day)
    return schemas.ContractOut.of(
        contract,
        sellers=_side(contract, PartyRole.SELLER, names),
        buyers=_side(contract, PartyRole.BUYER, names),
        agencies=[
            schemas.AgencyOut.of(row, name=names[row.organisation_id], brokers=_brokers(contract, row))
            for row in contract.parties
            if row.role == PartyRole.AGENCY
        ],
        assets=await assets_of_deal(session, contract.deal_id),
        departures=drafting.departures_of(deal, contract),
        supplement=drafting.supplement_of(contract),
        **_registration(contract),
    )


def _summary(contract: Contract) -> schemas.ContractSummary:
    return schemas.ContractSummary.of(contract, **_registration(contract))


def _registration(contract: Contract) -> dict[str, object]:
    registration = contract.registration
    return {
        "registration_status": registration.status if registration else None,
        "registration_number": registration.number if registration else None,
    }


def _side(contract: Contract, role: PartyRole, names: Mapping[UUID, str]) -> list[schemas.ContractPartyOut]:
    parties = [party for party in contract.parties if party.role == role]
    return [schemas.ContractPartyOut.of(party, name=names[party.organisation_id]) for party in parties]


def _brokers(contract: Contract, party: ContractParty) -> list[ContractBroker]:
    return [row for row in contract.brokers if row.agency_id == party.organisation_id]
