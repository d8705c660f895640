"""HTTP of keys."""

from typing import Annotated
from uuid import UUID

from app.core.access import Actor, Role
from app.core.web.access import EVERY_ROLE, allow
from app.core.web.http import Endpoint, SecretEndpoint, Session
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router
from app.identity.keys import queries, schemas, service

router = Router(route_class=Endpoint, tags=("identity",))
secrets_router = Router(route_class=SecretEndpoint)

Anyone = Annotated[Actor, allow(*EVERY_ROLE, Role.BROKER_IN_PERSON, scope="identity:read")]
KeyHolder = Annotated[
    Actor, allow(*EVERY_ROLE, Role.BROKER_IN_PERSON, scope="identity:write", unverified=True, merged=True)
]


@secrets_router.post("/api-keys", status_code=201, operation_id="issue_api_key")
async def issue_key(actor: KeyHolder, session: Session, body: schemas.ApiKeyIn) -> schemas.ApiKeyCreated:
    """Issue an API key. Its secret is in this answer and nowhere else; it ends with the key you call with."""
    return await service.issue_key(session, actor, body)


@secrets_router.post("/api-keys/{key_id}/rotation", status_code=201, operation_id="rotate_api_key")
async def rotate_key(actor: KeyHolder, session: Session, key_id: UUID) -> schemas.ApiKeyCreated:
    """Replace one of your keys by a new one of the same scopes and length of life. The old one ends within a day."""
    return await service.rotate_key(session, actor, key_id)


@router.get("/api-keys", operation_id="list_api_keys")
async def list_keys(
    actor: Anyone, session: Session, page: Annotated[PageRequest, sorted_by(queries.ORDERS, queries.FILTERS)]
) -> Page[schemas.ApiKeyOut]:
    """List API keys with their last use and issuer. You see your own, an admin the organisation's, an operator all."""
    return (await queries.list_keys(session, actor, page)).shown(schemas.ApiKeyOut.model_validate)


@router.get("/api-keys/{key_id}", operation_id="read_api_key")
async def read_key(actor: Anyone, session: Session, key_id: UUID) -> schemas.ApiKeyOut:
    """Read an API key that you see in the list. Its secret is shown nowhere."""
    return schemas.ApiKeyOut.model_validate(await queries.get_key(session, actor, key_id))


@router.delete("/api-keys/{key_id}", status_code=204, operation_id="revoke_api_key")
async def revoke_key(actor: KeyHolder, session: Session, key_id: UUID) -> None:
    """Revoke an API key at once, with every key that it issued."""
    await service.revoke_key(session, actor, key_id)


router.include_router(secrets_router)
