"""Use cases of results; each runs in the caller's transaction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.catalogue.results import hooks, problems, queries, rules, schemas
from app.catalogue.results.kinds import EntitlementKind, Secrecy
from app.catalogue.results.models import Completer, CoOwnerConsent, Entitlement, IpAsset, Result, ResultOwner
from app.catalogue.rights.service import link
from app.core import deadlines
from app.core.access import Actor, Role, forbidden
from app.core.clock import read_clock, read_today
from app.core.database import Session
from app.core.history import events
from app.core.ids import NumberPrefix, readable_number
from app.core.problems import INVALID_INPUT, NOT_VERIFIED, UNKNOWN_REFERENCE, FieldError, Text
from app.core.web.preconditions import Precondition
from app.identity import queries as identity
from app.identity.kinds import Verification
from app.identity.models import Organisation
from app.identity.problems import ORGANISATION, PERSON
from app.identity.rules import check_not_future
from app.law.figures import Parameter, ParameterError, parameter

BECAME_SECRET = "result.became_secret"
"""The deadline, due at once, by which a result that is secret is no longer on offer or public."""

_PARTS = ("owners", "completers", "ip_assets")
# What a change may replace in the row itself; owners, completers and assets are rows of their own.
_COLUMNS = (
    "title",
    "abstract",
    "technical_field",
    "readiness_level",
    "publicly_funded",
    "funding_plan",
    "secrecy",
    "export_control",
    "completed_on",
    "source_url",
)


async def record_result(session: Session, actor: Actor, body: schemas.ResultIn) -> Result:
    """Record a result for a verified organisation: the actor's own, or the one the operator names.

    Raises `organisation_not_verified` and everything `rules.check_content` refuses.
    """
    keeper = await _keeper(session, actor, body.organisation_id)
    today = await read_today(session)
    registered_on = body.registered_on or today
    rules.check_content(body, keeper.id, registered_on, today)
    await _check_references(session, body, keeper.id)
    result = Result(
        number=await readable_number(session, NumberPrefix.RESULT, today.year),
        organisation_id=keeper.id,
        registered_on=registered_on,
        owners=_owners(body.owners),
        completers=_completers(body.completers),
        ip_assets=_assets(body.ip_assets),
        **{name: getattr(body, name) for name in _COLUMNS},
    )
    await link(session, result.ip_assets)
    session.add(result)
    await session.flush()
    _announce(session, "result.recorded", result, (o.organisation_id for o in body.owners), number=result.number)
    return await queries.get_result(session, actor, result.id)


async def change_result(
    session: Session, actor: Actor, result_id: UUID, body: schemas.ResultPatch, precondition: Precondition
) -> Result:
    """Replace what the body names; the whole must hold again. What a listing has published stays as published.

    Owners, completers and assets of a result on offer do not change: raises `result_on_offer`.

    A result that became secret is taken off the market by the deadline `BECAME_SECRET`. Consents were given to the
    owners and shares of their day, so they fall away with a change of these. Raises `secrecy_is_lowered` for anybody
    but the operator, who gives the reason.
    """
    result = await _lock_own(session, actor, result_id)
    precondition.check(result.revision)
    changed = body.model_dump(exclude_unset=True, exclude={"secrecy_reason"})
    declassified = "secrecy" in changed and rules.is_lowered(result.secrecy, body.secrecy)
    rules.check_secrecy_reason(declassified, actor.has(Role.OPERATOR), body.secrecy_reason)
    if not changed:
        return result
    stored = _stored(result)
    content = _merged(stored, body)
    rules.check_content(content, result.organisation_id, result.registered_on, await read_today(session))
    entitled = _entitled_share(result)
    if "owners" in changed and entitled is not None:
        rules.check_entitled_share(content.owners, result.organisation_id, entitled)
    await _check_references(session, content, result.organisation_id)
    parts = [name for name in _PARTS if name in changed and _differ(stored, content, name)]
    if parts:
        await hooks.parts_change.announce(session, result.id, parts)
    told = _owner_ids(result) + [owner.organisation_id for owner in content.owners]
    if "owners" in changed and rules.parts_of(result.owners) != rules.parts_of(content.owners):
        await queries.clear_consents(session, result.id)
    await _write(session, result, content, changed.keys())
    _announce(session, "result.changed", result, told, fields=sorted(changed), revision=result.revision)
    if declassified:
        _announce(session, "result.declassified", result, told, reason=body.secrecy_reason)
    if "secrecy" in changed and result.secrecy != Secrecy.NONE:
        await deadlines.schedule(session, BECAME_SECRET, result.id, await read_clock(session))
    return await queries.get_result(session, actor, result_id)


async def withdraw_if_secret(session: Session, result_id: UUID, now: datetime) -> None:
    """A listing came back on offer, its row still locked: it is taken off at once where the result became secret.

    Where it becomes secret only now, its own deadline waits for that lock and finds the listing.
    """
    if await queries.is_secret(session, result_id):
        await deadlines.schedule(session, BECAME_SECRET, result_id, now)


async def entitle(session: Session, actor: Actor, result_id: UUID, body: schemas.EntitlementIn) -> Result:
    """Record what the completing team was given (赋权, policy art. 2), against the minimum of the day it was agreed.

    Raises `entitlement_measure`, `entitlement_exists`, `entitlement_too_small`, `entitlement_not_owned`,
    `entitlement_differs`.
    """
    result = await _lock_own(session, actor, result_id)
    check_not_future("agreed_on", body.agreed_on, await read_today(session))
    if any(given.kind == body.kind for given in result.entitlements):
        raise problems.ENTITLEMENT_EXISTS(field="kind")
    field, amount = rules.measure(body.kind, body.share, body.years)
    rules.check_minimum(field, amount, _figure(f"entitlement_min_{field}", body.agreed_on), body.agreed_on)
    rules.check_entitled_share(result.owners, result.organisation_id, body.share)
    session.add(Entitlement(result_id=result.id, **body.model_dump()))
    result.revision += 1
    await session.flush()
    _announce(session, "result.entitled", result, _owner_ids(result), kind=body.kind)
    return await queries.get_result(session, actor, result_id)


async def begin_conversion(session: Session, actor: Actor, result_id: UUID, begun_on: date) -> Result:
    """Record the day on which the unit began to convert the result. Raises `conversion_already_begun`."""
    result = await _lock_own(session, actor, result_id)
    today = await read_today(session)
    rules.check_begun(begun_on, result.conversion_begun_on, result.completed_on, today)
    result.conversion_begun_on = begun_on
    result.revision += 1
    await session.flush()
    _announce(session, "result.conversion_begun", result, _owner_ids(result), begun_on=begun_on)
    return await queries.get_result(session, actor, result_id)


async def consent(session: Session, actor: Actor, result_id: UUID, body: schemas.ConsentIn) -> Result:
    """Record a co-owner's consent to a mode of transfer: its own, or the team's by the keeper.

    Raises `no_such_co_owner` or `consent_exists`.
    """
    result = await queries.lock_visible(session, actor, result_id)
    giver = None if body.for_team else actor.organisation()
    if body.for_team:
        _check_keeper(actor, result)
    if giver == result.organisation_id or giver not in {owner.organisation_id for owner in result.owners}:
        raise problems.NO_SUCH_CO_OWNER(field="for_team")
    if any((given.organisation_id, given.transfer_mode) == (giver, body.transfer_mode) for given in result.consents):
        raise problems.CONSENT_EXISTS(field="transfer_mode")
    session.add(
        CoOwnerConsent(
            result_id=result.id,
            organisation_id=giver,
            transfer_mode=body.transfer_mode,
            document_reference=body.document_reference,
        )
    )
    result.revision += 1
    await session.flush()
    _announce(session, "result.consented", result, _owner_ids(result), transfer_mode=body.transfer_mode, by=giver)
    return await queries.get_result(session, actor, result_id)


def conversion_period(registered_on: date, today: date) -> Parameter:
    """The period after which the team may convert: of the day of registration, or today's for results older than it."""
    return _figure("self_conversion_years", registered_on) or parameter("self_conversion_years", on=today)


def _figure(name: str, on: date) -> Parameter | None:
    """A figure of the policy, or None for a day before the policy."""
    try:
        return parameter(name, on=on)
    except ParameterError:
        return None


async def _keeper(session: Session, actor: Actor, named: UUID | None) -> Organisation:
    if actor.has(Role.OPERATOR):
        if named is None:
            missing = FieldError("organisation_id", "missing", Text("Name the organisation", "请指明单位"))
            raise INVALID_INPUT(errors=[missing], count=1)
        keeper_id = named
    else:
        keeper_id = actor.organisation()
        if named not in (None, keeper_id):
            raise forbidden(actor, {Role.OPERATOR}, field="organisation_id")
    keeper = (await identity.organisations_by_id(session, [keeper_id])).get(keeper_id)
    if keeper is None:
        raise UNKNOWN_REFERENCE(field="organisation_id", what=ORGANISATION)
    if keeper.verification != Verification.VERIFIED:
        raise NOT_VERIFIED(name=keeper.name, verification=keeper.verification)
    return keeper


async def _lock_own(session: Session, actor: Actor, result_id: UUID) -> Result:
    result = await queries.lock_visible(session, actor, result_id)
    _check_keeper(actor, result)
    return result


def _check_keeper(actor: Actor, result: Result) -> None:
    if not actor.has(Role.OPERATOR) and actor.organisation_id != result.organisation_id:
        raise problems.NOT_KEEPER()


async def _check_references(session: Session, content: schemas.ResultContent, keeper_id: UUID) -> None:
    ids = [owner.organisation_id for owner in content.owners if owner.organisation_id is not None]
    known = await identity.organisations_by_id(session, ids)
    for position, owner in enumerate(content.owners):
        if owner.organisation_id is not None and owner.organisation_id not in known:
            raise UNKNOWN_REFERENCE(field=f"owners.{position}.organisation_id", what=ORGANISATION)
    for position, person in enumerate(content.completers):
        if person.person_id and not await identity.acts_for(session, person.person_id, keeper_id):
            raise UNKNOWN_REFERENCE(field=f"completers.{position}.person_id", what=PERSON)


def _stored(result: Result) -> dict[str, Any]:
    """What a result says of itself, as plain data."""
    stored: dict[str, Any] = {name: getattr(result, name) for name in _COLUMNS}
    stored["owners"] = [schemas.OwnerOut.model_validate(row).model_dump() for row in result.owners]
    stored["completers"] = [schemas.CompleterOut.model_validate(row).model_dump() for row in result.completers]
    stored["ip_assets"] = [
        schemas.IpAssetOut.model_validate(row).model_dump(exclude={"id", "asset_id"}) for row in result.ip_assets
    ]
    return stored


def _merged(stored: Mapping[str, Any], body: schemas.ResultPatch) -> schemas.ResultContent:
    """The content as it will be: what is stored, with what the body names in its place."""
    return schemas.ResultContent.model_validate(
        {**stored, **body.model_dump(exclude_unset=True, exclude={"secrecy_reason"})}
    )


def _differ(stored: Mapping[str, Any], content: schemas.ResultContent, part: str) -> bool:
    """Whether a part says something else than before; sent again as it stands it changes nothing."""
    return bool(stored[part] != [item.model_dump() for item in getattr(content, part)])


async def _write(session: Session, result: Result, content: schemas.ResultContent, changed: Iterable[str]) -> None:
    new_rows: dict[str, Sequence[ResultOwner | Completer | IpAsset]] = {
        "owners": _owners(content.owners),
        "completers": _completers(content.completers),
        "ip_assets": _assets(content.ip_assets),
    }
    stated_before = list(result.ip_assets)
    for name in changed:
        if name in new_rows:
            if name == "ip_assets":
                await link(session, [row for row in new_rows[name] if isinstance(row, IpAsset)], stated_before)
            await queries.clear_parts(session, result.id, name)
            for row in new_rows[name]:
                row.result_id = result.id
            session.add_all(new_rows[name])
        else:
            setattr(result, name, getattr(content, name))
    result.revision += 1
    await session.flush()


def _owners(owners: list[schemas.OwnerIn]) -> list[ResultOwner]:
    return [ResultOwner(position=position, **owner.model_dump()) for position, owner in enumerate(owners)]


def _completers(people: list[schemas.CompleterIn]) -> list[Completer]:
    return [Completer(position=position, **person.model_dump()) for position, person in enumerate(people)]


def _assets(assets: list[schemas.IpAssetIn]) -> list[IpAsset]:
    return [IpAsset(position=position, **asset.model_dump()) for position, asset in enumerate(assets)]


def _entitled_share(result: Result) -> Decimal | None:
    return next((given.share for given in result.entitlements if given.kind == EntitlementKind.OWNERSHIP), None)


def _owner_ids(result: Result) -> list[UUID | None]:
    return [owner.organisation_id for owner in result.owners]


def _announce(session: Session, type_: str, result: Result, owners: Iterable[UUID | None], **payload: object) -> None:
    """A result is not public: its keeper, its co-owners and the market's staff are told."""
    told = {owner for owner in owners if owner is not None}
    events.append(
        session, type_, ("result", result.id), audience=[*events.STAFF, result.organisation_id, *told], payload=payload
    )
