"""What a listing must satisfy to be published, and the sealing of what was published."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.catalogue.appraisals.service import Floor
from app.catalogue.results import queries as results
from app.catalogue.results.kinds import TransferMode
from app.catalogue.results.models import Result
from app.catalogue.results.rules import ListingFacts, refuse_unlistable
from app.catalogue.results.sealing import sealed_assets
from app.catalogue.rights import queries as rights
from app.catalogue.rights.rules.exclusion import subject_to
from app.catalogue.rights.service import link
from app.core.access import Actor
from app.core.canonical import canonical_json, sha256_hex
from app.core.clock import read_today
from app.core.database import Session
from app.core.history import events
from app.core.problems import NOT_VERIFIED, UNKNOWN_REFERENCE
from app.identity import queries as identity
from app.identity.kinds import Verification
from app.identity.models import Organisation
from app.identity.problems import ORGANISATION
from app.identity.qualities.service import is_agency
from app.law.figures import parameter
from app.market.listings import appraisal, modes, queries, rules, schemas
from app.market.listings.models import Listing, ListingVersion
from app.market.listings.problems import AGENCY_REFUSED
from app.office.documents import queries as documents

MAX_MONTHS = "listing_max_months"
NOTICE_OPTIONAL = "negotiated_notice_optional"


@dataclass(frozen=True, slots=True)
class Publishable:
    """What was read while checking, for the content that is sealed."""

    result: Result
    facts: ListingFacts
    seller: Organisation
    agency: Organisation | None
    floor: Floor | None


def require_verified(organisation: Organisation) -> None:
    """Only a verified organisation lists, asks or buys; raises `organisation_not_verified`."""
    if organisation.verification != Verification.VERIFIED:
        raise NOT_VERIFIED(name=organisation.name, verification=organisation.verification)


async def require_agency(session: Session, agency_id: UUID | None, seller_id: UUID) -> Organisation | None:
    """The mandated agency, if any: another organisation, verified, an agency today. Raises `agency_refused`."""
    if agency_id is None:
        return None
    agency = (await identity.organisations_by_id(session, [agency_id])).get(agency_id)
    # One that the public does not see is answered as one that is not there.
    if agency is None or agency.verification not in (Verification.VERIFIED, Verification.SUSPENDED):
        raise UNKNOWN_REFERENCE(field="agency_id", what=ORGANISATION)
    today = await read_today(session)
    if agency.verification != Verification.VERIFIED or agency.id == seller_id or not is_agency(agency, today):
        raise AGENCY_REFUSED(field="agency_id", name=agency.name, verification=agency.verification, day=today)
    return agency


def check_period(listing: Listing, today: date) -> None:
    """Raises `closing_out_of_range` for a day past, or later than a listing may stay open.

    Where the procedure sets the end nothing is checked; `check_closing_day` has refused a day of the seller's own.
    """
    if listing.closes_on is not None and not modes.of_listing(listing).sets_end:
        rules.check_period(listing.closes_on, today, int(parameter(MAX_MONTHS, on=today).value))


def check_draft(listing: Listing, today: date) -> None:
    """What holds of a draft at once: raises `allocation_misplaced`, `closing_day_misplaced`, `closing_out_of_range`."""
    rules.check_allocation(listing.pricing_mode, listing.allocation)
    rules.check_closing_day(listing.closes_on, sets_end=modes.of_listing(listing).sets_end)
    check_period(listing, today)


def check_appraised(listing: Listing, seller: Organisation, today: date) -> None:
    """Raises `appraisal_missing`, `appraised_refused` for an `appraised` listing that may not be on offer on a day.

    A founder not known counts as the state; whether anybody may leave out the notice is a dated figure.
    """
    optional = parameter(NOTICE_OPTIONAL, on=today).value == 1
    rules.check_appraised(
        listing.pricing_mode,
        listing.id,
        listing.appraisal_report_id,
        seller.name,
        notice_needed=seller.state_founded is not False or not optional,
    )


async def lock_result(session: Session, result_id: UUID) -> Result:
    """Lock a result with the rights that it states, before its listing: what is sold stays what it is meanwhile."""
    result = await results.lock_result(session, result_id)
    await link(session, [row for row in result.ip_assets if row.asset_id is None])
    await rights.lock_assets(session, [row.asset_id for row in result.ip_assets if row.asset_id is not None])
    return result


async def facts_of(session: Session, listing: Listing) -> ListingFacts:
    """What decides whether a listing's result may be sold as it says."""
    return await results.listing_facts(
        session, listing.result_id, listing.seller_id, field_of_use=listing.field_of_use, territory=listing.territory
    )


async def check_still_listable(session: Session, listing: Listing, today: date) -> None:
    """What may have changed since publication: the result may still be sold so, and the seller is still verified.

    A patent may have expired or been invalidated in the months on offer (Civil Code art. 865), the result have become
    secret, a co-owner have come in. Raises `result_not_listable`, `organisation_not_verified`.
    """
    facts = await facts_of(session, listing)
    refuse_unlistable(facts, TransferMode(listing.transfer_mode), today)
    require_verified((await identity.organisations_by_id(session, [listing.seller_id]))[listing.seller_id])


async def check_publishable(session: Session, actor: Actor, listing: Listing, today: date) -> Publishable:
    """Everything that publication asks for; the caller holds the locks on result and listing."""
    facts = await facts_of(session, listing)
    refuse_unlistable(facts, TransferMode(listing.transfer_mode), today)
    seller = (await identity.organisations_by_id(session, [listing.seller_id]))[listing.seller_id]
    require_verified(seller)
    agency = await require_agency(session, listing.agency_id, listing.seller_id)
    rules.check_first_come(listing.allocation, seller.name, seller.state_founded)
    check_appraised(listing, seller, today)
    floor = await appraisal.check_price(session, listing, listing.asking_price, today, actor, field="asking_price")
    check_period(listing, today)
    await modes.of_listing(listing).check(session, listing, today)
    rules.check_siblings(listing.transfer_mode, await queries.siblings(session, listing))
    return Publishable(await results.lock_result(session, listing.result_id), facts, seller, agency, floor)


async def seal(session: Session, listing: Listing, found: Publishable, now: datetime) -> None:
    """Store what is published from now on: canonical JSON in full and as a card, and its SHA-256."""
    content = canonical_json(await _content(session, listing, found, session.city.day_of(now)))
    card = canonical_json(_card(listing, found))
    session.add(
        ListingVersion(
            listing_id=listing.id,
            version=listing.version,
            content=content.decode(),
            card=card.decode(),
            sha256=sha256_hex(content),
            published_at=now,
        )
    )


def tell_licensees(session: Session, listing: Listing, found: Publishable, day: date) -> None:
    """Who holds a licence hears that the right is for sale, subject to it."""
    wanted = found.facts.wanted(TransferMode(listing.transfer_mode), day)
    for asset in found.facts.assets:
        licensees = {who for grant in subject_to(wanted, asset.grants) for who in grant.grantees}
        if licensees and asset.asset_id is not None:
            payload = {"listing_id": listing.id, "number": listing.number}
            audience = sorted(licensees)
            events.append(session, "asset.offered", ("asset", asset.asset_id), audience=audience, payload=payload)


async def _content(session: Session, listing: Listing, found: Publishable, day: date) -> schemas.PublishedListing:
    assert listing.closes_on is not None  # set by the publication
    attachments = await documents.attachments_of(session, ("listing", listing.id), include_private=False)
    return schemas.PublishedListing(
        id=listing.id, number=listing.number, version=listing.version, title=listing.title, summary=listing.summary,
        terms=listing.terms, territory=listing.territory, field_of_use=listing.field_of_use,
        pricing_mode=listing.pricing_mode,
        allocation=listing.allocation, transfer_mode=listing.transfer_mode, asking_price=listing.asking_price,
        closes_on=listing.closes_on,
        result=schemas.ListedResult.of(
            found.result,
            owners=[
                schemas.ListedOwner(organisation_id=owner.organisation_id, name=owner.name, share=owner.share)
                for owner in found.facts.owners
            ],
        ),
        assets=sealed_assets(found.result, found.facts, TransferMode(listing.transfer_mode), day),
        seller=schemas.ListedParty.model_validate(found.seller),
        agency=schemas.ListedParty.model_validate(found.agency) if found.agency else None,
        appraisal=appraisal.public_facts(found.floor.report) if found.floor else None,
        documents=[
            schemas.SealedDocument(
                document_id=item.document_id, title=item.title, filename=item.document.filename,
                sha256=item.document.sha256, size=item.document.size, media_type=item.document.media_type,
            )
            for item in attachments
        ],
        conditions=await modes.of_listing(listing).conditions(session, listing),
    )  # fmt: skip


def _card(listing: Listing, found: Publishable) -> schemas.PublishedCard:
    assert listing.closes_on is not None  # set by the publication
    return schemas.PublishedCard(
        id=listing.id, number=listing.number, version=listing.version, title=listing.title,
        pricing_mode=listing.pricing_mode, allocation=listing.allocation, transfer_mode=listing.transfer_mode,
        technical_field=found.result.technical_field, territory=listing.territory, asking_price=listing.asking_price,
        closes_on=listing.closes_on, seller=schemas.ListedParty.model_validate(found.seller),
    )  # fmt: skip
