"""What first-come sales do without a request: when a deadline falls due, and when others announce or ask."""

from datetime import datetime
from typing import Final
from uuid import UUID

from app.core.access import Actor
from app.core.database import Session
from app.core.hooks import Link, follows, provides
from app.market.deals import hooks as deal_hooks
from app.market.deals import queries as deals
from app.market.deals import service as deal_service
from app.market.deals.kinds import DealStatus
from app.market.gates import subjects
from app.pricing.first_come.gates import SUBJECT, when_contract_is_signed_check_gates


async def lock(session: Session, deal_id: UUID) -> bool:
    return (await deals.lock_deal(session, deal_id)).status == DealStatus.AGREED


async def sees(session: Session, actor: Actor, deal_id: UUID) -> bool:
    deal = await deals.read_deal(session, deal_id)
    return any(party.organisation_id == actor.organisation_id for party in deal.parties)


async def when_gate_is_settled_go_on(session: Session, deal_id: UUID, refusal: str | None, now: datetime) -> None:
    if refusal is not None:
        await deal_service.fall_through(session, await deals.lock_deal(session, deal_id), refusal, now)


LINKS: Final[tuple[Link, ...]] = (
    follows(deal_hooks.contracted, when_contract_is_signed_check_gates),
    provides(subjects.SUBJECTS, SUBJECT, subjects.Subject(lock=lock, sees=sees, settled=when_gate_is_settled_go_on)),
)
