"""Remedies of results, listings, deals, offers and auctions, tried on the rules themselves. Amounts are CNY."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from app.catalogue.appraisals import rules as appraisals
from app.catalogue.appraisals.kinds import ReportStatus
from app.catalogue.demands import rules as demands
from app.catalogue.results import ip
from app.catalogue.results import rules as results
from app.core.access import Actor, Role
from app.core.problems import Problem
from app.finding.saved import rules as saved
from app.identity import rules as identity
from app.identity.duplicates import rules as duplicates
from app.identity.duplicates.kinds import Finding
from app.law.declarations import rules as declarations
from app.law.figures import Parameter
from app.law.periods import rules as periods
from app.law.periods.catalogue import RULES as PERIODS
from app.market.deals import rules as deals
from app.market.dormant import rules as dormant
from app.market.dormant.kinds import DormantListStatus
from app.market.listings import rules as listings
from app.market.listings.kinds import Allocation, ListingStatus, PricingMode
from app.pricing.appraised import rules as appraised
from app.pricing.appraised.kinds import PurchaseOfferStatus
from app.pricing.auction import rules as auctions
from app.pricing.auction.bidding import admission
from app.pricing.auction.bidding.forms import RULES as FORMS
from app.pricing.auction.bidding.forms import dutch, english, shared
from app.pricing.auction.bidding.rules import Band, Bid, Conditions, State
from app.pricing.auction.kinds import AuctionForm, AuctionStatus
from app.pricing.auction.problems import REFUSALS
from app.pricing.first_come import rules as first_come
from app.pricing.listed import rules as listed
from app.pricing.listed.kinds import Judge, Qualification, SalePhase
from app.pricing.negotiated import rules as negotiated
from app.pricing.negotiated.kinds import NegotiationSide
from app.pricing.negotiated.terms import rules as terms
from app.pricing.negotiated.terms.shapes import Terms
from app.pricing.offers import rules as offers
from tests.remedies.trials import Trial

FEN, DAY, SECOND = Decimal("0.01"), timedelta(days=1), timedelta(seconds=1)
TODAY, NOW = date(2026, 3, 2), datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
ONE, TWO, THREE = UUID(int=1), UUID(int=2), UUID(int=3)


def cny(text: str) -> Decimal:
    return Decimal(text)


# Results and appraisals


SEARCHES = (
    Trial("search_end_out_of_range", "earliest", TODAY - DAY, lambda day: saved.last_day(day, TODAY, 366)),
    Trial("search_end_out_of_range", "latest", TODAY + 367 * DAY, lambda day: saved.last_day(day, TODAY, 366)),
)
DORMANT = (
    Trial(
        "dormant_list_not_publishable", "until", TODAY,
        lambda day: dormant.check_publishable(DormantListStatus.CHECKING, TODAY, day, waiting=True),
        lambda day: day + DAY,
    ),
)  # fmt: skip
DEMANDS = tuple(
    Trial("validity_out_of_range", name, wrong, lambda day: demands.check_validity(day, TODAY, TODAY + 30 * DAY))
    for name, wrong in (("earliest", TODAY), ("latest", TODAY + 31 * DAY))
)
ALIKE = tuple(
    Trial("kept_not_of_pair", name, THREE, lambda kept: duplicates.check_kept(Finding.THE_SAME, kept, (ONE, TWO)))
    for name in ("first", "second")
)
RESULTS = (
    Trial("date_in_future", "today", TODAY + DAY, lambda day: ip.check_not_future("begun_on", day, TODAY)),
    Trial("date_too_far", "latest", TODAY + 400 * DAY, lambda day: identity.check_near("starts_at", day, TODAY)),
    Trial("patent_number_invalid", "example", "1", lambda digit: ip.chinese_number("n", f"202310000001.{digit}")),
    Trial(
        "entitlement_too_small", "minimum", cny("0.1"),
        lambda share: results.check_minimum(
            "share", share, Parameter("team_share", cny("0.7"), TODAY, None, "V", ""), TODAY
        ),
    ),
    Trial(
        "entitlement_differs", "expected", cny("0.3"),
        lambda team: results.check_entitled_share(
            [SimpleNamespace(organisation_id=ONE, share=1 - team), SimpleNamespace(organisation_id=None, share=team)],
            ONE, cny("0.7"),
        ),
    ),
)  # fmt: skip

REPORT = appraisals.Report("示例 1", ReportStatus.ACCEPTED, TODAY, TODAY + 365 * DAY, cny("1000000.00"))


def use_report(base_date: date) -> None:
    """Use a report of that base date today, for a year."""
    made = appraisals.Report("示例 1", ReportStatus.ACCEPTED, base_date, appraisals.valid_to(base_date, 1), cny("1.00"))
    appraisals.check_usable(made, TODAY, 1)


APPRAISALS = (
    Trial(
        "appraisal_date_in_future", "today", TODAY + DAY,
        lambda day: appraisals.check_not_future("base_date", day, TODAY),
    ),
    Trial("appraisal_expired", "oldest", date(2020, 1, 1), use_report),
    Trial(
        "price_below_floor", "floor", cny("1.00"),
        lambda price: appraisals.check_price(
            REPORT, price, appraisals.price_floor(cny("1000000.01"), cny("0.9")), cny("0.9")
        ),
    ),
    Trial(
        "reapproval_not_needed", "floor", cny("950000.00"),
        lambda price: appraisals.check_reapproval(price, cny("900000.00")), beside=lambda floor: floor - FEN,
    ),
)  # fmt: skip


# Identity, the calendar, periods


def wish(rule: str, figure: int) -> Any:
    return lambda wished: periods.check_count(PERIODS[rule], figure, wished)


LAW = (
    Trial(
        "period_not_later", "before", TODAY, lambda begins: identity.end_before(begins, TODAY),
        beside=lambda before: before + DAY,
    ),
    Trial("dates_out_of_order", "earlier", TODAY - DAY, lambda later: identity.check_order(TODAY, later)),
    Trial(
        "calendar_day_past", "today", TODAY - DAY,
        lambda day: declarations.check_day(day, TODAY, was_working=True, is_working=False),
    ),
    Trial("calendar_range_too_long", "last", TODAY + 1000 * DAY, lambda to: declarations.check_range(TODAY, to)),
    Trial("period_too_short", "figure", 3, wish("listing_notice", 20)),
    Trial("period_too_long", "figure", 3, wish("suspension_max", 1)),
)  # fmt: skip


# Listings and deals


def buy(price: Decimal, version: int = 2) -> None:
    offered = first_come.Offered(
        ListingStatus.PUBLISHED, LATER, PricingMode.LISTED, Allocation.FIRST_COME, cny("500.00"), 2, frozenset()
    )
    first_come.check_purchase(offered, first_come.Purchase(ONE, price, version), NOW)


def decide_on(version: int) -> None:
    """A judge qualifies a registrant who agreed to that version; the third is published."""
    sale = listed.Sale(SalePhase.NOTICE, ListingStatus.PUBLISHED, LATER, 3)
    listed.check_decision(
        sale, "示例", version, Judge.SELLER, {}, outcome=Qualification.QUALIFIED, reason=None, now=NOW
    )


MARKET = (
    Trial("closing_out_of_range", "earliest", TODAY, lambda day: listings.check_period(day, TODAY, 12)),
    Trial("closing_out_of_range", "latest", date(2030, 1, 1), lambda day: listings.check_period(day, TODAY, 12)),
    Trial(
        "appraisal_in_force", "replaceable_from", TODAY,
        lambda today: listings.check_replaceable(ListingStatus.PUBLISHED, "示例 1", TODAY + 9 * DAY, today),
    ),
    Trial("agreed_in_future", "today", TODAY + DAY, lambda day: deals.day_of_record(day, None, TODAY)),
    Trial("price_changed", "asking_price", cny("499.00"), buy),
    Trial("version_changed", "current", 1, lambda version: buy(cny("500.00"), version)),
    Trial("registration_of_old_version", "current", 2, decide_on),
    Trial(
        "deposit_out_of_range", "asking_price", cny("0.00"), lambda deposit: listed.check_deposit(deposit, cny("9.00")),
        beside=lambda price: price - FEN,
    ),
)  # fmt: skip


# Offers


def offer_of(side: NegotiationSide) -> negotiated.OfferFacts:
    return negotiated.OfferFacts(ONE, 1, side, LATER)


def offer_again(now: datetime) -> None:
    before = appraised.OfferFacts("示例 1", PurchaseOfferStatus.OPEN, ONE, TWO, LATER, revocable=False)
    appraised.check_none_stands(before, now)


def accept_by(sender: NegotiationSide, now: datetime) -> None:
    negotiated.check_acceptance(offer_of(NegotiationSide.SELLER), sender, ONE, now)


OFFERS = (
    Trial(
        "offer_expiry_past", "server_time", NOW, lambda at: offers.check_expiry(at, NOW, 60),
        beside=lambda now: now + SECOND,
    ),
    Trial("offer_expiry_too_far", "latest", NOW + 90 * DAY, lambda at: offers.check_expiry(at, NOW, 60)),
    Trial(
        "offer_binding", "expires_at", NOW,
        lambda now: negotiated.check_not_bound(offer_of(NegotiationSide.BUYER), NegotiationSide.BUYER, now),
    ),
    Trial(
        "offer_replaced", "standing", str(TWO),
        lambda named: negotiated.check_acceptance(
            offer_of(NegotiationSide.SELLER), NegotiationSide.BUYER, UUID(named), NOW
        ),
    ),
    Trial(
        "own_offer", "expires_at", NOW,
        lambda now: accept_by(NegotiationSide.SELLER if now == NOW else NegotiationSide.BUYER, now),
        beside=lambda end: end - SECOND,
    ),
    Trial("purchase_offer_exists", "expires_at", NOW, offer_again),
    Trial(
        "notice_ended", "last_day", TODAY + DAY,
        lambda day: negotiated.check_notice_runs(TODAY, NOW, NOW if day > TODAY else NOW - SECOND),
    ),
    Trial(
        "notice_running", "ends_at", NOW,
        lambda now: negotiated.block(negotiated.RunningNotice("示例 1", TODAY, LATER, 0), [], ONE, now),
    ),
)  # fmt: skip


def offer(*payment: dict[str, Any], **more: Any) -> None:
    terms.check_terms(Terms.model_validate({"payment": list(payment), "territory": {}} | more), TODAY)


def lump(amount: object, **more: Any) -> dict[str, Any]:
    return {"kind": "lump_sum", "amount": str(amount)} | more


def instalments(total: object, *amounts: object) -> dict[str, Any]:
    parts = [{"amount": str(amount), "due": {"event": "示例"}} for amount in amounts]
    return {"kind": "instalments", "total": str(total), "parts": parts}


def converted(total: Decimal) -> None:
    conversion = {"currency": "USD", "rate": "7.123456", "total_cny": str(total), "source": "示例"}
    offer(lump("1000.01"), conversion=conversion)


def bundled(amount: Decimal) -> None:
    offer(lump("900.00"), bundle=[{"title": "示例", "type": "patent", "amount": str(amount)}])


def royalty(highest: Decimal) -> None:
    rate = {"kind": "band", "lowest": "0.05", "highest": str(highest), "decided_by": "示例"}
    offer({"kind": "royalty", "base": "sales", "rate": rate})


TERMS = (
    Trial("parts_do_not_sum", "parts", cny("100.00"), lambda total: offer(instalments(total, "50.00", "49.00"))),
    Trial("parts_do_not_sum", "total", cny("49.00"), lambda first: offer(instalments("100.00", first))),
    Trial("due_in_past", "today", TODAY - DAY, lambda on: offer(lump("9.00", due={"on": on.isoformat()}))),
    Trial("conversion_mismatch", "total", cny("7000.00"), converted),
    Trial("bundle_does_not_sum", "price", cny("800.00"), bundled),
    Trial("bounds_out_of_order", "lower", cny("0.01"), royalty),
)


# Auctions


ENGLISH = Conditions(
    AuctionForm.ENGLISH, cny("100.00"), (Band(cny("0.00"), cny("10.00")),), NOW, LATER, window=timedelta(minutes=5)
)
DUTCH = Conditions(
    AuctionForm.DUTCH, cny("100.00"), (Band(cny("0.00"), cny("10.00")),), NOW, LATER,
    step_every=timedelta(minutes=5), price_floor=cny("50.00"),
)  # fmt: skip
LED = State(LATER, price=cny("100.00"), leader=117, maximum=cny("100.00"), accepted=1)


def changed(conditions: Conditions, **changes: Any) -> Conditions:
    return Conditions(**({name: getattr(conditions, name) for name in Conditions.__dataclass_fields__} | changes))


def bid(made: Bid, now: datetime, state: State = LED, conditions: Conditions = ENGLISH) -> Problem | None:
    """The refusal of a bid as its bidder reads it; None where it is accepted."""
    decided = FORMS[conditions.form].decide(conditions, state, made, now)
    if decided.refusal is None:
        return None
    return REFUSALS[decided.refusal](
        amount=made.amount, maximum=made.maximum, minimum=decided.minimum, price=state.price, ends_at=state.ends_at,
        server_time=now,
    )  # fmt: skip


def ladder(*bands: tuple[object, object]) -> tuple[Band, ...]:
    return tuple(Band(Decimal(str(start)), Decimal(str(step))) for start, step in bands)


def admitted(now: datetime) -> Problem | None:
    actor = Actor(ONE, TWO, THREE, frozenset({Role.MEMBER}), frozenset({"*:*"}))
    sender = admission.Sender(actor, False, 117, False, True)
    return admission.check(admission.Stage(AuctionStatus.ANNOUNCED, LATER, ()), sender, None, now)


AUCTIONS = (
    Trial("bid_too_low", "minimum", cny("101.00"), lambda amount: bid(Bid(118, amount), NOW)),
    Trial(
        "bid_too_low", "minimum", cny("79.00"),
        lambda amount: bid(Bid(118, amount), NOW + timedelta(minutes=12), State(LATER), DUTCH),
    ),
    Trial("bid_too_low", "ends_at", NOW, lambda now: bid(Bid(118, cny("101.00" if now == NOW else "110.00")), now),
          beside=lambda end: end - SECOND),
    Trial("bid_too_late", "ends_at", LATER, lambda now: bid(Bid(118, cny("110.00")), now),
          beside=lambda end: end - timedelta(microseconds=1)),
    Trial(
        "bid_already_leading", "minimum", cny("105.00"),
        lambda amount: bid(Bid(117 if amount == cny("105.00") else 118, amount), NOW),
    ),
    Trial(
        "bid_maximum_below_amount", "amount", cny("100.00"), lambda most: bid(Bid(118, cny("110.00"), most), NOW),
    ),
    Trial("auction_not_begun", "starts_at", NOW, admitted),
    Trial(
        "auction_floor_too_high", "starting_price", cny("100.00"),
        lambda floor: dutch.check(changed(DUTCH, price_floor=floor)), beside=lambda start: start - FEN,
    ),
    Trial(
        "auction_ladder_out_of_order", "lowest", cny("100.01"),
        lambda start: english.check(changed(ENGLISH, ladder=ladder((start, 10)))),
    ),
    Trial(
        "auction_ladder_steps_fall", "previous", cny("9.00"),
        lambda step: english.check(changed(ENGLISH, ladder=ladder((0, 10), (500, step)))),
    ),
    Trial(
        "auction_times_out_of_order", "earliest", NOW, lambda at: shared.check_order("hard_end", at, LATER),
    ),
    Trial("auction_notice_too_short", "earliest", TODAY, lambda day: auctions.check_notice(day, TODAY, 7)),
    Trial(
        "auction_viewing_too_short", "least", 1,
        lambda days: auctions.check_viewing(TODAY, TODAY + (days - 1) * DAY, TODAY + 9 * DAY, TODAY, 2),
    ),
)  # fmt: skip

TRIALS = (*DEMANDS, *SEARCHES, *DORMANT, *ALIKE, *RESULTS, *APPRAISALS, *LAW, *MARKET, *OFFERS, *TERMS, *AUCTIONS)
