"""What competitive listed sales tell a price dossier: the notice and its changes, registrants, decisions on them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from app.core.access import Actor, Role
from app.core.database import Session
from app.core.history import events
from app.core.history.events import Event
from app.core.problems import Text
from app.dossiers.kinds import Capacity
from app.dossiers.sections.gates import gate_section
from app.dossiers.story import By, Entry, Fact, Section, Trace
from app.law.instruments import OPERATING_RULES
from app.law.periods import queries as periods
from app.law.periods.catalogue import RULES
from app.law.periods.models import Period
from app.market.deals.models import Deal
from app.market.listings import queries as listings
from app.market.listings.kinds import PricingMode
from app.market.listings.models import Listing
from app.pricing.first_come import gates as first_come
from app.pricing.listed import closing, queries
from app.pricing.listed.announcement import notice
from app.pricing.listed.kinds import Judge, Qualification, RegistrantStatus, RevisionStatus
from app.pricing.listed.models import ListedQualification, ListedRevision, Registrant

CHANGE_RULE = OPERATING_RULES.art("19")
HIDDEN = Text(
    "Who registered is known to itself, the seller, operator and auditor; whether others registered is not told here.",
    "意向受让方信息由其本人、转让方、运营方和审计员查阅;是否另有登记者不在此披露。",
)
HIDDEN_REVISIONS = Text(
    "Changes that were proposed are read by the seller, its agency and the market's staff.",
    "变更申请由转让方、其受托机构和交易所人员查阅。",
)
OPENED: Mapping[str, tuple[str, ...]] = {
    notice.NOTICE: ("listing.published", "listing.republished", "listing.resumed"),
    notice.EXTENSION: ("listing.extended", "listing.resumed"),
    notice.REVIEW: ("listing.review_opened",),
    notice.SUSPENSION: ("listing.suspended",),
}
"""The events with which a period of a rule opens, in the same transaction."""
DECIDED = {
    Qualification.QUALIFIED: Text("Found to meet the conditions", "资格确认通过"),
    Qualification.REFUSED: Text("Found not to meet the conditions", "资格确认不通过"),
}
REVISED = {
    RevisionStatus.PUBLISHED: Text("Change published", "变更公告发布"),
    RevisionStatus.RETURNED: Text("Change returned", "变更申请退回"),
    RevisionStatus.MOOT: Text("Change dropped: the notice has ended", "公告期满,变更申请失效"),
}
MOVED: Mapping[str, Text] = {
    "listing_registration.made": Text("Registered", "登记受让意向"),
    "listing_registration.confirmed": Text("Agreed to the changed content", "确认变更后内容"),
    "listing_registration.withdrawn": Text("Withdrew", "撤回登记"),
    "listing_registration.lapsed": Text("Not counted", "登记失效"),
    "listing_registration.bidding": Text("Counted: goes on to open bidding", "进入竞价"),
    "listing_registration.won": Text("Counted: buys", "成为受让方"),
    "listing_registration.lost": Text("Did not win", "竞价未胜出"),
}
"""What happens to a registration besides decisions, which stand in rows of their own."""


async def sale_history(session: Session, deal: Deal, actor: Actor) -> list[Section]:
    """How the sale went, and of its registrants those that the reader may know."""
    if deal.listing_id is None or deal.pricing_mode != PricingMode.LISTED:
        return []
    if await queries.sale_of(session, deal.listing_id) is None:
        return []  # sold first come
    listing = await listings.read_listing(session, deal.listing_id)
    return [await _sale(session, actor, listing), await _registrants(session, actor, listing)]


async def sale_gates(session: Session, deal: Deal, actor: Actor) -> list[Section]:
    """The gates before the deal with the one registrant, or before a first comer's contract; a bidder's are the
    auction's.
    """
    if deal.listing_id is None or deal.pricing_mode != PricingMode.LISTED:
        return []
    sale = await queries.sale_of(session, deal.listing_id)
    if sale is None:
        return [await gate_section(session, actor, "listed_gates", [(first_come.SUBJECT, deal.id)])]
    if sale.contest_id is not None:
        return []
    return [await gate_section(session, actor, "listed_gates", [(closing.SUBJECT, sale.listing_id)])]


async def _sale(session: Session, actor: Actor, listing: Listing) -> Section:
    happened = await events.of_subjects(session, [listing.id])
    entries = [
        _period(period, happened)
        for period in await periods.of_subject(session, actor, notice.subject_of(listing.id))
        if period.rule in OPENED
    ]
    for revision in await queries.revisions_of(session, actor, listing):
        entries += _revision(listing, revision)
    entries += [
        Entry.of(
            event, By(Capacity.EXCHANGE), Text("Passed on to open bidding", "转入竞价"), {"number": listing.number}
        )
        for event in happened
        if event.type == "listing.bidding_opened"
    ]
    entries.sort(key=lambda entry: entry.at)
    sees_all = actor.is_staff or actor.organisation_id in (listing.seller_id, listing.agency_id)
    title = Text("Notice, extension, suspension, changes", "公告、延长、中止与变更")
    return Section("listed_sale", title, entries, withheld=None if sees_all else HIDDEN_REVISIONS)


def _period(period: Period, happened: Sequence[Event]) -> Entry:
    rule = RULES[period.rule]
    return Entry(
        at=period.opened_at,
        by=By(Capacity.EXCHANGE),
        what=rule.name,
        facts={
            "first_day": period.starts_on,
            "last_day": period.ends_on,
            "days": period.count,
            "unit": period.unit,
            "days_before": period.elapsed,
            "provisional": period.provisional,
            "status": period.status,
            "stopped_on": period.stopped_on,
            "reason": period.reason,
        },
        rule=rule.source,
        traces=_nearest(period.opened_at, [row for row in happened if row.type in OPENED[period.rule]]),
    )


def _nearest(moment: datetime, candidates: Iterable[Event]) -> list[Trace]:
    """The event of the transaction in which a period was opened: its time is the nearest."""
    found = min(candidates, key=lambda event: (abs(event.occurred_at - moment), event.seq), default=None)
    return [] if found is None else [Trace(found.type, found.subject_id, event_id=found.id)]


def _revision(listing: Listing, revision: ListedRevision) -> list[Entry]:
    about = {"revision_id": str(revision.id)}
    facts: dict[str, Fact] = {"listing_version": revision.base_version, "after": revision.changes}
    proposed = Entry(
        at=revision.proposed_at,
        by=By(Capacity.SELLER, listing.seller_id),
        what=Text("Change proposed", "提出变更申请"),
        facts=facts | {"reason": revision.reason},
        rule=CHANGE_RULE,
        traces=[Trace("listing.revision_proposed", listing.id, about)],
    )
    if revision.status == RevisionStatus.PROPOSED or revision.decided_at is None:
        return [proposed]
    traces = {
        RevisionStatus.PUBLISHED: [Trace("listing.republished", listing.id, {"version": revision.version or 0})],
        RevisionStatus.RETURNED: [Trace("listing.revision_returned", listing.id, about)],
    }
    decided = Entry(
        at=revision.decided_at,
        by=By(Capacity.TIME if revision.status == RevisionStatus.MOOT else Capacity.OPERATOR),
        what=REVISED[revision.status],
        facts={"version": revision.version, "reason": revision.status_reason},
        rule=CHANGE_RULE,
        traces=traces.get(revision.status, []),
    )
    return [proposed, decided]


async def _registrants(session: Session, actor: Actor, listing: Listing) -> Section:
    rows = {row.id: row for row in await queries.registrants_on(session, actor, listing.id)}
    entries = [_decision(row, decision) for row in rows.values() for decision in row.decisions]
    entries += [
        _moved(rows[event.subject_id], event)
        for event in await events.of_subjects(session, rows)
        if event.type in MOVED
    ]
    entries.sort(key=lambda entry: entry.at)
    sees_all = actor.has(Role.OPERATOR, Role.AUDITOR) or actor.organisation_id == listing.seller_id
    title = Text("Registrants and decisions on them", "意向受让方登记与资格确认")
    return Section("listed_registrations", title, entries, withheld=None if sees_all else HIDDEN)


def _moved(row: Registrant, event: Event) -> Entry:
    facts: dict[str, Fact] = {"number": row.number, "listing_version": event.payload["version"]}
    own = event.actor_organisation_id == row.organisation_id
    if event.type == "listing_registration.made":
        facts |= {"buyer_abroad": row.buyer_abroad, "related_party": row.related_party}
    else:
        facts["organisation_id"] = row.organisation_id
    if event.payload["status"] == row.status != RegistrantStatus.REGISTERED:
        facts["reason"] = row.status_reason
    return Entry.of(
        event, By(Capacity.REGISTRANT, row.organisation_id) if own else By(Capacity.EXCHANGE), MOVED[event.type], facts
    )


def _decision(row: Registrant, decision: ListedQualification) -> Entry:
    """A decision with who it is on; a refusal ends the registration in the same moment."""
    refused = decision.outcome == Qualification.REFUSED
    type_ = "listing_registration.refused" if refused else "listing_registration.qualified"
    about: dict[str, str | int | bool] = {"version": decision.listing_version}
    seller = decision.judge == Judge.SELLER
    return Entry(
        at=decision.decided_at,
        by=By(Capacity.SELLER, row.seller_id) if seller else By(Capacity.OPERATOR),
        what=DECIDED[decision.outcome],
        facts={
            "number": row.number,
            "organisation_id": row.organisation_id,
            "listing_version": decision.listing_version,
            "reason": decision.reason,
        },
        rule=RULES[notice.REVIEW].source,
        traces=[Trace(type_, row.id, about if refused else about | {"by": decision.judge})],
    )
