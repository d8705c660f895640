"""The listing's part of a price dossier: what was published and changed, its life, questions and answers.

Listings stand below deals, so their history is told here.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from app.catalogue.rights.schemas import SealedAsset
from app.core.access import Actor
from app.core.database import Session
from app.core.history import events
from app.core.history.events import Event
from app.core.problems import Text
from app.dossiers.kinds import Capacity
from app.dossiers.story import By, DocumentRef, Entry, Fact, Section, Trace
from app.market.deals.kinds import PartyRole
from app.market.deals.models import Deal
from app.market.listings import queries as listings
from app.market.listings.models import Listing, ListingVersion
from app.market.listings.rules import Difference, differences

LIFE: Mapping[str, Text] = {
    "listing.drafted": Text("Drafted", "起草"),
    "listing.edited": Text("Edited before publication", "发布前修改"),
    "listing.submitted": Text("Submitted to the operator", "提交审核"),
    "listing.returned": Text("Returned to the seller", "退回卖方"),
    "listing.suspended": Text("Suspended", "暂停"),
    "listing.resumed": Text("Resumed", "恢复"),
    "listing.reserved": Text("Held for a buyer", "为买方保留"),
    "listing.released": Text("Listed again", "恢复挂牌"),
    "listing.sold": Text("Sold", "成交"),
    "listing.lapsed": Text("Lapsed", "到期"),
    "listing.withdrawn": Text("Withdrawn", "撤回"),
}
PUBLISHED = ("listing.published", "listing.republished")
SUMMARY = ("title", "pricing_mode", "allocation", "transfer_mode", "asking_price", "territory", "closes_on")


async def listing_history(session: Session, deal: Deal, actor: Actor) -> list[Section]:
    """What is public of the listing for every reader; drafts too for the seller, its agency and the market's staff."""
    if deal.listing_id is None:
        return []
    # Anyone who sees the deal sees its listing, withdrawn or not; what is not public of it is left out below.
    listing = await listings.read_listing(session, deal.listing_id)
    happened = [row for row in await events.of_subjects(session, [listing.id]) if events.is_for(row, actor)]
    return [
        _versions(await listings.versions_of(session, listing.id), listing),
        _life(deal, listing, happened),
        await _questions(session, actor, listing),
    ]


def _versions(versions: Sequence[ListingVersion], listing: Listing) -> Section:
    entries, before = [], None
    for version in versions:
        content = json.loads(version.content)
        facts: dict[str, Fact] = {"number": listing.number, "version": version.version, "sha256": version.sha256}
        facts |= {name: content[name] for name in SUMMARY}
        facts["assets"] = [asset_line(asset) for asset in listings.assets_in(version.content)]
        if before is not None:
            facts["changed"] = [_difference(item) for item in differences(before, content)]
        entries.append(
            Entry(
                at=version.published_at,
                by=By(Capacity.OPERATOR),
                what=Text(f"Version {version.version} published", f"发布第 {version.version} 版"),
                facts=facts,
                documents=[DocumentRef(item["title"], item["sha256"]) for item in content["documents"]],
                traces=[Trace(type_, listing.id, {"version": version.version}) for type_ in PUBLISHED],
                texts=[version.content],
            )
        )
        before = content
    return Section("listing_versions", Text("What was published", "挂牌发布内容"), entries)


def asset_line(asset: SealedAsset) -> str:
    """A right in one line: its title, its number, and how it stood."""
    number = asset.grant_number or asset.application_number
    return ", ".join(part for part in (asset.title, number, asset.status) if part)


def _difference(item: Difference) -> dict[str, Any]:
    return {"field": item.field, "before": item.before, "after": item.after}


def _life(deal: Deal, listing: Listing, happened: Sequence[Event]) -> Section:
    entries = [
        Entry.of(event, _by(deal, listing, event), LIFE[event.type], {"status": event.payload["status"]})
        for event in happened
        if event.type in LIFE
    ]
    return Section("listing_life", Text("Course of the listing", "挂牌过程"), entries)


def _by(deal: Deal, listing: Listing, event: Event) -> By:
    """Who moved the listing; a buyer of another deal is not told by name."""
    organisation = event.actor_organisation_id
    if organisation is None:
        return By(Capacity.OPERATOR if event.actor_person_id else Capacity.TIME)
    if organisation == listing.seller_id:
        return By(Capacity.SELLER, organisation)
    if organisation == listing.agency_id:
        return By(Capacity.AGENCY, organisation)
    return By(Capacity.BUYER, organisation if organisation in _buyers(deal) else None)


def _buyers(deal: Deal) -> set[UUID]:
    return {party.organisation_id for party in deal.parties if party.role == PartyRole.BUYER}


async def _questions(session: Session, actor: Actor, listing: Listing) -> Section:
    entries = []
    for row in await listings.questions_of(session, actor, listing):
        about = {"question_id": str(row.id)}
        entries.append(
            Entry(
                at=row.asked_at,
                by=By(Capacity.ASKER),
                what=Text("Question", "提问"),
                facts={"question": row.question},
                traces=[Trace("question.asked", listing.id, about)],
            )
        )
        if row.answered_at is not None:
            entries.append(
                Entry(
                    at=row.answered_at,
                    by=By(Capacity.SELLER, listing.seller_id),
                    what=Text("Answer", "答复"),
                    facts={"question": row.question, "answer": row.answer},
                    traces=[Trace("question.answered", listing.id, about)],
                )
            )
    entries.sort(key=lambda entry: entry.at)
    return Section(
        "listing_questions",
        Text("Questions and answers", "提问与答复"),
        entries,
        withheld=Text("The organisation that asked is not disclosed.", "提问单位不予披露。"),
    )
