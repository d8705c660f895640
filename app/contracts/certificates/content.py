"""What a certificate says, gathered from the deal, its listing, contracts and settlement, and sealed."""

from collections.abc import Sequence
from datetime import date, datetime

from app.catalogue.appraisals import queries as appraisals
from app.contracts.certificates import queries, rules, schemas
from app.contracts.models import Contract
from app.contracts.settlement.progress import Facts
from app.contracts.settlement.rules import NIL
from app.core.canonical import canonical_json, sha256_hex
from app.core.database import Session
from app.identity import queries as identity
from app.identity.names.queries import names_on
from app.market.deals.kinds import PartyRole
from app.market.deals.models import Deal
from app.market.deals.queries import assets_of_deal
from app.pricing.negotiated.terms.shapes import Terms


def seal(content: schemas.CertificateContent) -> tuple[str, str]:
    """The canonical JSON of a content and its SHA-256."""
    text = canonical_json(content)
    return text.decode(), sha256_hex(text)


async def compose(
    session: Session, deal: Deal, facts: Facts, number: str, replaces: str | None, now: datetime
) -> schemas.CertificateContent:
    """The content of a certificate issued now on a deal made on the exchange, whose conditions hold."""
    assert deal.listing_id is not None
    listing, published_at = await queries.listing_of(session, deal.listing_id)
    assert listing.closes_on is not None  # set at the latest when it was published
    agreed_on = session.city.day_of(deal.agreed_at)
    payers = facts.payers()
    signed_on = max(contract.signed_on for contract in facts.contracts if contract.signed_on)
    cash, arrived = facts.settlement.cash, sum((payer.arrived for payer in payers), NIL)
    terms = Terms.model_validate(deal.terms) if deal.terms is not None else None
    on_trial = rules.trial_runs(terms, session.city.day_of(now), paid=0 < cash <= arrived)
    standing = rules.standing_of(cash, arrived, on_trial=on_trial)
    return schemas.CertificateContent(
        number=number,
        verification_code=rules.new_code(),
        issued_on=session.city.day_of(now),
        replaces=replaces,
        deal_number=deal.number,
        project_number=listing.number,
        listed_from=session.city.day_of(published_at),
        listed_until=rules.listed_until(listing.closes_on, agreed_on),
        signed_on=signed_on,
        contracts=_contracts(facts.contracts),
        sellers=await _side(session, deal, PartyRole.SELLER, signed_on),
        buyers=await _side(session, deal, PartyRole.BUYER, signed_on),
        subject=deal.subject,
        assets=await assets_of_deal(session, deal.id),
        transfer_mode=deal.transfer_mode,
        pricing_mode=deal.pricing_mode,
        appraisal=await _appraisal(session, deal),
        price=schemas.CertifiedPrice(
            amount=deal.price,
            basis=deal.price_basis,
            cash=cash,
            arrived=arrived,
            through_exchange=sum((payer.from_deposit + payer.through_exchange for payer in payers), NIL),
            direct=sum((payer.direct for payer in payers), NIL),
            standing=standing,
        ),
        conclusion=schemas.Conclusion(**rules.conclusion(cash, arrived, standing)),
    )


def _contracts(contracts: Sequence[Contract]) -> list[schemas.CertifiedContract]:
    return [schemas.CertifiedContract.model_validate(contract) for contract in contracts]


async def _side(session: Session, deal: Deal, role: PartyRole, day: date) -> list[schemas.CertifiedParty]:
    """The parties as they were called on the day of signing."""
    shares = {party.organisation_id: party.share for party in deal.parties if party.role == role}
    known = await identity.organisations_by_id(session, shares)
    named = await names_on(session, shares, day)
    return [schemas.CertifiedParty(name=named[key], uscc=known[key].uscc, share=shares[key]) for key in shares]


async def _appraisal(session: Session, deal: Deal) -> schemas.CertifiedAppraisal | None:
    """The report that carried the price; where none did, the newest of the result in force on the day of agreement."""
    report = None
    if deal.appraisal is not None:
        report = await appraisals.read_report(session, deal.appraisal.report_id)
    elif deal.result_id is not None:
        report = await queries.appraisal_on(session, deal.result_id, session.city.day_of(deal.agreed_at))
    if report is None:
        return None
    return schemas.CertifiedAppraisal(
        number=report.number, appraiser=report.appraiser.name, base_date=report.base_date, value=report.value
    )
