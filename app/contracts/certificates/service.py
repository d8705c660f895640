"""Use cases of certificates, each in the caller's transaction.

Order of locks: deal, calendar, contracts, instructions, accounts, deadlines.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from app.contracts.certificates import queries, rules
from app.contracts.certificates.content import compose, seal
from app.contracts.certificates.models import Certificate, CertificateRevocation
from app.contracts.certificates.problems import ALREADY_ISSUED, ALREADY_REVOKED, NOT_DUE, RECORDED_ELSEWHERE
from app.contracts.models import Contract
from app.contracts.settlement import queries as settlement_queries
from app.contracts.settlement import service as settlements
from app.contracts.settlement.kinds import ConditionKind
from app.contracts.settlement.progress import Condition, Facts
from app.contracts.settlement.schemas import CertificateConditionOut
from app.core.access import Actor
from app.core.clock import read_clock
from app.core.database import Session, add_unique
from app.core.history import events
from app.core.ids import NumberPrefix, new_id, readable_number
from app.law.periods import service as periods
from app.market.deals import queries as deals
from app.market.deals.kinds import DealOrigin
from app.market.deals.models import Deal

PERIOD: Final = "certificate"
OVERDUE: Final = "certificate.overdue"
"""The deadline by which a certificate must be issued once its conditions hold."""
GROUND: Final = "certificate_ground"
GROUND_DUE: Final = "certificate.ground_due"
"""The deadline by which the conditions of a valid certificate must hold again."""


async def issue(session: Session, actor: Actor, deal_id: UUID) -> Certificate:
    """Issue a deal's certificate, once its three conditions hold, and order what gathered of the price paid out.

    A deal has at most one valid certificate. After a revocation a corrected one may be issued, which names the revoked
    one. Raises `certificate_not_due` with what is missing, `certificate_exists`, `certificate_not_for_recorded`.
    """
    await deals.get_deal(session, actor, deal_id)
    deal = await _lock(session, deal_id)
    if deal.origin == DealOrigin.RECORDED:
        raise RECORDED_ELSEWHERE(number=deal.number)
    before = await queries.latest(session, deal.id)
    if before is not None and before.revocation is None:
        raise ALREADY_ISSUED(number=before.number, extra={"certificate_id": str(before.id)})
    await settlement_queries.lock_instructions(session, deal.id)
    facts = await _facts(session, deal)
    conditions = conditions_of(facts)
    if facts is None or not all(condition.holds for condition in conditions):
        raise _not_due(conditions)
    now = await read_clock(session)
    made = await _store(session, actor, deal, facts, before, now)
    await periods.end(session, ("deal", deal.id), PERIOD, session.city.day_of(now), "certificate issued")
    await settlements.pay_out(session, deal)
    _tell(session, deal, made, "certificate.issued")
    return made


async def revoke(session: Session, actor: Actor, certificate_id: UUID, reason: str) -> Certificate:
    """Revoke a certificate (撤销). It stays on record and verifies as revoked. Raises `certificate_revoked`."""
    found = await queries.get_certificate(session, actor, certificate_id)
    deal = await deals.lock_deal(session, found.deal_id)
    found = await queries.get_certificate(session, actor, certificate_id)
    if found.revocation is not None:
        raise ALREADY_REVOKED(number=found.number, at=found.revocation.revoked_at.isoformat())
    await _revoke(session, deal, found, reason, actor.person_id, await read_clock(session))
    return await queries.get_certificate(session, actor, certificate_id)


async def when_contract_ends_revoke_certificate(session: Session, contract: Contract, now: datetime) -> None:
    """The deal's last contract ended: what its certificate attests no longer holds, so it is revoked at once [P]."""
    if await settlement_queries.signed_contracts(session, contract.deal_id):
        return
    found = await queries.latest(session, contract.deal_id)
    if found is not None and found.revocation is None:
        deal = await deals.lock_deal(session, contract.deal_id)
        await _revoke(session, deal, found, f"Contract {contract.number} ended / 合同终止", None, now)


async def look_again(session: Session, deal_id: UUID, now: datetime) -> None:
    """Money moved on a deal, or its contract was signed: ask for what is missing, count the days, or pay out.

    With a valid certificate, its ground is watched, and what gathers of later parts of the price is paid out. Before
    it, and after one that the rules revoked, the period for issuing one begins on the day on which the three conditions
    are found to hold, and ends where one holds no more. After one that the operator revoked, nothing runs.
    """
    deal = await _lock(session, deal_id)
    await settlements.ask(session, deal)
    certificate = await queries.latest(session, deal.id)
    missing = await _missing(session, deal)
    if certificate is not None:
        if certificate.revocation is None:
            await _watch_ground(session, deal, certificate, missing, now)
            await settlements.pay_out(session, deal)
            return
        if certificate.revocation.revoked_by_person_id is not None:
            return
    holds = not missing
    running = await queries.current_period(session, deal.id, PERIOD)
    if holds and running is None:
        today = session.city.day_of(now)
        audience = settlements.audience_of(deal)
        opening = periods.Opening(PERIOD, ("deal", deal.id), today, audience, deadline=OVERDUE)
        period = await periods.open_period(session, opening)
        payload = {"number": deal.number, "issue_due_on": period.ends_on}
        events.append(session, "certificate.due", ("deal", deal.id), audience=audience, payload=payload)
    if running is not None and not holds:
        await periods.end(session, ("deal", deal.id), PERIOD, session.city.day_of(now), "a condition fell away")


async def note_overdue(session: Session, deal_id: UUID) -> None:
    """The days for issuing a certificate are over: the market's staff is told of one that is not issued."""
    deal = await deals.lock_deal(session, deal_id)
    period = await queries.current_period(session, deal_id, PERIOD)
    if period is not None:
        payload = {"number": deal.number, "issue_due_on": period.ends_on}
        events.append(session, "certificate.overdue", ("deal", deal.id), audience=events.STAFF, payload=payload)


async def judge_ground(session: Session, deal_id: UUID, now: datetime) -> None:
    """The days for mending a certificate's ground are over: revoke it, unless its conditions hold again by now [P]."""
    deal = await _lock(session, deal_id)
    found = await queries.latest(session, deal.id)
    period = await queries.current_period(session, deal.id, GROUND)
    if found is None or found.revocation is not None or period is None:
        return
    missing = await _missing(session, deal)
    if missing:
        reason = f"Not restored by {period.ends_on}: {', '.join(missing)} / 出证条件逾期未恢复"
        await _revoke(session, deal, found, reason, None, now)
    else:
        await _watch_ground(session, deal, found, missing, now)


def conditions_of(facts: Facts | None) -> list[Condition]:
    """The three conditions; without a settlement, which the signing of the contract opens, none of them holds."""
    return facts.conditions() if facts else [Condition(kind, None) for kind in ConditionKind]


async def _lock(session: Session, deal_id: UUID) -> Deal:
    deal = await deals.lock_deal(session, deal_id)
    await settlement_queries.lock_contracts(session, deal.id)
    # After contracts, as the registrar does; before instructions: who declares a day may wait for one of those.
    await periods.hold_calendar(session)
    return deal


async def _facts(session: Session, deal: Deal) -> Facts | None:
    settlement = await settlement_queries.find_settlement(session, deal.id)
    return None if settlement is None else await settlements.facts_of(session, deal, settlement)


async def _missing(session: Session, deal: Deal) -> list[ConditionKind]:
    return [condition.kind for condition in conditions_of(await _facts(session, deal)) if not condition.holds]


async def _watch_ground(
    session: Session, deal: Deal, certificate: Certificate, missing: Sequence[ConditionKind], now: datetime
) -> None:
    """A condition fell away under a valid certificate: its days begin. All hold again: they end. Either is told."""
    running = await queries.current_period(session, deal.id, GROUND)
    if missing and running is None:
        subject, audience = ("deal", deal.id), settlements.audience_of(deal)
        opening = periods.Opening(GROUND, subject, session.city.day_of(now), audience, deadline=GROUND_DUE)
        period = await periods.open_period(session, opening)
        more = {"missing": list(missing), "ground_due_on": period.ends_on}
        _tell(session, deal, certificate, "certificate.ground_lost", **more)
    if running is not None and not missing:
        await _end_ground(session, deal, now, "the conditions hold again")
        _tell(session, deal, certificate, "certificate.ground_restored")


async def _end_ground(session: Session, deal: Deal, now: datetime, reason: str) -> None:
    await periods.end(session, ("deal", deal.id), GROUND, session.city.day_of(now), reason)


def _not_due(conditions: Sequence[Condition]) -> Exception:
    missing = ", ".join(condition.kind for condition in conditions if not condition.holds)
    shown = [CertificateConditionOut.model_validate(condition).model_dump(mode="json") for condition in conditions]
    return NOT_DUE(missing=missing, extra={"conditions": shown})


async def _store(
    session: Session, actor: Actor, deal: Deal, facts: Facts, before: Certificate | None, now: datetime
) -> Certificate:
    number = await readable_number(session, NumberPrefix.CERTIFICATE, now)
    content = await compose(session, deal, facts, number, before.number if before else None, now)
    text, sha256 = seal(content)
    made = Certificate(
        id=new_id(),
        number=number,
        deal_id=deal.id,
        replaces_id=before.id if before else None,
        content=text,
        sha256=sha256,
        code_sha256=rules.fingerprint(content.verification_code),
        issued_at=now,
        issued_by_person_id=actor.person_id,
        revocation=None,
    )
    taken = ALREADY_ISSUED(number="-")
    await add_unique(session, made, taken, "uq_certificates_first", "uq_certificates_replaces_id")
    return made


async def _revoke(
    session: Session, deal: Deal, found: Certificate, reason: str, person_id: UUID | None, now: datetime
) -> None:
    session.add(
        CertificateRevocation(
            certificate_id=found.id, deal_id=deal.id, reason=reason, revoked_at=now, revoked_by_person_id=person_id
        )
    )
    await session.flush()
    await _end_ground(session, deal, now, "certificate revoked")
    _tell(session, deal, found, "certificate.revoked")


def _tell(session: Session, deal: Deal, certificate: Certificate, type_: str, **more: object) -> None:
    """Append the event for the deal's parties and the market's staff; the verification code stays on the paper."""
    payload = {"number": certificate.number, "deal_id": deal.id, "sha256": certificate.sha256, **more}
    subject = ("certificate", certificate.id)
    events.append(session, type_, subject, audience=settlements.audience_of(deal), payload=payload)
