"""HTTP of the contract as it follows from a deal."""

from typing import Annotated
from uuid import UUID

from app.contracts.drafting import queries, schemas, service
from app.core.access import Actor, Role
from app.core.web.access import EVERY_ROLE, allow
from app.core.web.http import Endpoint, Session
from app.core.web.routing import Router
from app.market.deals.queries import get_deal

router = Router(route_class=Endpoint, tags=("contracts",))

Reader = Annotated[Actor, allow(*EVERY_ROLE, Role.BROKER_IN_PERSON, scope="deals:read")]


@router.get("/deals/{deal_id}/contract-draft", operation_id="read_contract_draft")
async def read_contract_draft(actor: Reader, session: Session, deal_id: UUID) -> schemas.ContractDraftOut:
    """Read the contract as it follows from a deal (合同草稿), and what only the parties can say.

    Each field tells where it comes from. Who may read the deal may read it.
    """
    deal = await get_deal(session, actor, deal_id)
    return service.draft_of(deal, await queries.published_of(session, deal))
