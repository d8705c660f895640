"""Use cases of objections to a public notice (公示异议) and of gates settled meanwhile."""

from uuid import UUID

from app.core.access import Actor
from app.core.clock import read_clock
from app.core.database import Session
from app.core.history import events
from app.market.gates.kinds import GateKind, GateOutcome
from app.market.gates.queries import gates_of
from app.market.gates.schemas import ClosureIn
from app.market.gates.service import close as close_gate
from app.market.listings import queries as listings
from app.market.listings.models import Listing
from app.pricing.negotiated import closing, queries, rules
from app.pricing.negotiated.kinds import NegotiationStatus, ObjectionOutcome
from app.pricing.negotiated.models import Negotiation, Notice, Objection, ObjectionDecision
from app.pricing.negotiated.notice import schemas, service
from app.pricing.negotiated.problems import NO_APPROVAL_NEEDED, OBJECTION_DECIDED
from app.pricing.negotiated.schemas import RelatedPartyApprovalIn

UPHELD = "An objection was upheld / 异议成立"


async def lock_both(session: Session, negotiation_id: UUID) -> tuple[Listing, Negotiation]:
    """A negotiation and its listing, locked in the order in which everything here locks them."""
    found = await queries.read_negotiation(session, negotiation_id)
    listing = await listings.lock_listing(session, found.listing_id)
    return listing, await queries.lock_negotiation(session, negotiation_id)


async def file_objection(session: Session, actor: Actor, notice_id: UUID, body: schemas.ObjectionIn) -> Objection:
    """Object to a notice while it runs. Raises `notice_ended` naming its last day, `negotiation_not_open`."""
    published = await queries.get_notice(session, notice_id)
    negotiation = await queries.lock_negotiation(session, published.negotiation_id)
    now = await read_clock(session)
    rules.check_notice_runs(published.last_day, published.ends_at, now)
    rules.check_status(negotiation.status, NegotiationStatus.AGREED)
    objection = Objection(
        notice_id=published.id,
        person_id=actor.person_id,
        organisation_id=actor.organisation_id,
        reason=body.reason,
        contact=body.contact,
        filed_at=now,
        decision=None,
    )
    session.add(objection)
    await session.flush()
    audience = [*events.STAFF, negotiation.seller_id]
    payload = {"notice_id": published.id, "number": published.number}
    events.append(session, "objection.filed", ("objection", objection.id), audience=audience, payload=payload)
    return objection


async def decide(session: Session, actor: Actor, objection_id: UUID, body: schemas.ObjectionDecisionIn) -> Objection:
    """Decide an objection, once; the decision is published with the notice.

    Upheld, it ends the negotiation and frees the listing; dismissed, it stands in the way no longer. Raises
    `objection_decided`.
    """
    objection = await queries.read_objection(session, objection_id)
    published = await queries.get_notice(session, objection.notice_id)
    listing, negotiation = await lock_both(session, published.negotiation_id)
    objection = await queries.read_objection(session, objection_id)
    if objection.decision is not None:
        raise OBJECTION_DECIDED(
            outcome=objection.decision.outcome, decided_at=objection.decision.decided_at.isoformat()
        )
    now = await read_clock(session)
    objection.decision = ObjectionDecision(
        objection_id=objection.id,
        outcome=body.outcome,
        statement=body.statement,
        decided_at=now,
        decided_by_person_id=actor.person_id,
    )
    await session.flush()
    _tell_decision(session, published, objection, body.outcome)
    if negotiation.status == NegotiationStatus.AGREED:
        if body.outcome == ObjectionOutcome.UPHELD:
            await closing.refuse(session, listing, negotiation, UPHELD, now)
        else:
            await closing.try_close(session, listing, negotiation)
    return objection


async def approve(session: Session, actor: Actor, negotiation_id: UUID, body: RelatedPartyApprovalIn) -> Negotiation:
    """Record the approval of a related-party deal, by an admin of the seller, with the document.

    Raises `no_approval_needed` where nothing waits for one, `gate_not_yours` for anybody else of the two sides.
    """
    await queries.get_negotiation(session, actor, negotiation_id)
    waiting = [
        gate
        for gate in await gates_of(session, closing.SUBJECT, negotiation_id)
        if gate.kind == GateKind.RELATED_PARTY_APPROVAL and gate.closure is None
    ]
    if not waiting:
        raise NO_APPROVAL_NEEDED()
    reference = f"{body.approved_by}: {body.reference}"[:500]
    closure = ClosureIn(outcome=GateOutcome.CLEARED, reference=reference, document_id=body.document_id)
    await close_gate(session, actor, waiting[0].id, closure)
    return await queries.get_negotiation(session, actor, negotiation_id)


async def close_at_end(session: Session, notice_id: UUID) -> None:
    """The notice has ended: the deal is made now, or when the last block is lifted."""
    published = await queries.get_notice(session, notice_id)
    listing, negotiation = await lock_both(session, published.negotiation_id)
    if negotiation.status == NegotiationStatus.AGREED:
        await closing.try_close(session, listing, negotiation)


def _tell_decision(session: Session, published: Notice, objection: Objection, outcome: ObjectionOutcome) -> None:
    service.tell(session, published, "notice.objection_decided", {"objection_id": objection.id, "outcome": outcome})
