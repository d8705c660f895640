"""HTTP of invitations."""

from typing import Annotated
from uuid import UUID

from app.core.access import Actor, Role
from app.core.clock import read_clock
from app.core.web.access import Public, allow
from app.core.web.http import Endpoint, SecretEndpoint, Session
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router
from app.identity.invitations import queries, rules, schemas, service
from app.identity.keys.schemas import ApiKeyCreated

router = Router(route_class=Endpoint, tags=("identity",))
secrets_router = Router(route_class=SecretEndpoint)

Inviter = Annotated[Actor, allow(Role.OPERATOR, Role.ADMIN, scope="identity:write")]
Operator = Annotated[Actor, allow(Role.OPERATOR, scope="identity:write")]
Reader = Annotated[Actor, allow(Role.OPERATOR, Role.ADMIN, Role.AUDITOR, scope="identity:read")]


@secrets_router.post("/invitations", status_code=201, operation_id="invite_person")
async def invite(actor: Inviter, session: Session, body: schemas.InvitationIn) -> schemas.InvitationCreated:
    """Invite a person to make the own first key.

    An admin invites the people of the organisation, and may pass on a secret. An operator invites the market's staff
    and an organisation's first admin, by the fingerprint of a secret that the person keeps: nobody else ever sees it.
    Where keys were issued before, a second operator confirms what an operator asks for.
    """
    return await service.invite(session, actor, body)


@secrets_router.post("/invitations/{invitation_id}/confirmation", operation_id="confirm_invitation")
async def confirm(actor: Operator, session: Session, invitation_id: UUID) -> schemas.InvitationCreated:
    """Confirm an invitation that another operator asked for. Ask the person for the fingerprint first."""
    return await service.confirm(session, actor, invitation_id)


@secrets_router.post("/invitations/redemption", status_code=201, operation_id="redeem_invitation")
async def redeem(actor: Public, session: Session, body: schemas.RedemptionIn) -> ApiKeyCreated:
    """Redeem an invitation, as the person it was given to. It works once, and the answer is your first key."""
    return await service.redeem(session, body)


@router.get("/invitations", operation_id="list_invitations")
async def list_invitations(
    actor: Reader, session: Session, page: Annotated[PageRequest, sorted_by(queries.ORDERS, queries.FILTERS)]
) -> Page[schemas.InvitationOut]:
    """List invitations, newest first. An admin sees the organisation's, operator and auditor all."""
    now = await read_clock(session)
    found = await queries.list_invitations(session, actor, page)
    return found.shown(lambda row: schemas.InvitationOut.of(row, status=rules.status_of(row, now)))


@router.get("/invitations/{invitation_id}", operation_id="read_invitation")
async def read_invitation(actor: Reader, session: Session, invitation_id: UUID) -> schemas.InvitationOut:
    """Read an invitation and whether it still works. Its secret is shown nowhere."""
    row = await queries.get_invitation(session, actor, invitation_id)
    return schemas.InvitationOut.of(row, status=rules.status_of(row, await read_clock(session)))


@router.delete("/invitations/{invitation_id}", status_code=204, operation_id="revoke_invitation")
async def revoke(actor: Inviter, session: Session, invitation_id: UUID) -> None:
    """Take an invitation back that nobody has redeemed."""
    await service.revoke(session, actor, invitation_id)


router.include_router(secrets_router)
