"""The day before, the day and the day after of every bound of time, at both its ends (F: boundary tables).

A row names the bound, says what passes before it, at it and after it (`yyn`), and asks the rule three times: a
microsecond or a day apart. So a comparison that is off by one, or a day of another zone, fails a row.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from app.awards.runs import gather
from app.awards.technology.rules.countable import local_day, reversed_by
from app.awards.technology.rules.eligibility import contract_faults
from app.awards.technology.rules.facts import QualityPeriod
from app.catalogue.appraisals import rules as appraisals
from app.contracts import rules as contracts
from app.contracts.certificates import rules as certificates
from app.contracts.kinds import ReversalKind
from app.contracts.payments import rules as payments
from app.contracts.registration import rules as registration
from app.contracts.settlement import rules as settlement
from app.contracts.settlement.kinds import PartKind
from app.core.access import Actor, Role
from app.core.problems import Problem, Text
from app.core.settings import City
from app.identity import rules as identity
from app.identity.invitations import rules as invitations
from app.identity.invitations.kinds import InvitationStatus
from app.identity.keys import rules as keys
from app.identity.keys import service as key_service
from app.identity.kinds import Quality
from app.identity.qualities import rules as qualities
from app.law.dated import Validity
from app.law.periods import rules as periods
from app.law.periods.kinds import PeriodStatus
from app.market.deals.kinds import PartyRole
from app.market.deals.rules import Relation
from app.market.gates import rules as gates
from app.market.listings import rules as listings
from app.market.listings.kinds import ListingStatus
from app.office.ledger.bank import rules as bank
from app.office.ledger.deposits import rules as deposits
from app.pricing.appraised import rules as appraised
from app.pricing.appraised.kinds import PurchaseOfferStatus
from app.pricing.auction.bidding import admission
from app.pricing.auction.bidding.forms import dutch, english, sealed
from app.pricing.auction.bidding.rules import Bid
from app.pricing.auction.kinds import AuctionStatus
from app.pricing.listed import rules as listed
from app.pricing.listed.kinds import Judge, Qualification, SalePhase
from app.pricing.negotiated import rules as negotiated
from app.pricing.negotiated.kinds import NegotiationSide
from app.pricing.negotiated.terms.shapes import Due
from app.pricing.offers import rules as offers
from tests.awards.technology import award_world
from tests.pricing.auction.bidding.test_forms import DUTCH, ENGLISH, SEALED, cny

WUHAN = ZoneInfo("Asia/Shanghai")
CITY = City("4201", WUHAN)
NOW = datetime(2027, 1, 1, 0, 30, tzinfo=WUHAN).astimezone(UTC)
"""Half past midnight of New Year where the city is; in UTC it is still the old year."""
DAY = date(2027, 1, 1)
ONE, OTHER = UUID(int=1), UUID(int=2)
INSTANT, A_DAY = timedelta(microseconds=1), timedelta(days=1)
WHAT = Text("This", "此事")
Check = Callable[[Any], object]


def passes(check: Check) -> Check:
    """What a rule lets pass: it raises no problem."""

    def asked(at: Any) -> bool:
        try:
            check(at)
        except Problem:
            return False
        return True

    return asked


def _sale(phase: SalePhase = SalePhase.NOTICE) -> listed.Sale:
    return listed.Sale(phase, ListingStatus.PUBLISHED, NOW, 1, NOW)


def _reviewed(at: datetime) -> None:
    said = Qualification.QUALIFIED
    listed.check_decision(_sale(SalePhase.REVIEW), "R", 1, Judge.SELLER, {}, outcome=said, reason=None, now=at)


def _offer(revocable: bool = False) -> appraised.OfferFacts:
    return appraised.OfferFacts("O", PurchaseOfferStatus.OPEN, ONE, OTHER, NOW, revocable)


OFFER = negotiated.OfferFacts(ONE, 1, NegotiationSide.BUYER, NOW)
NOTICE = negotiated.RunningNotice("N", DAY, NOW, 0)
BIDDER = Actor(ONE, ONE, ONE, frozenset({Role.MEMBER}), frozenset({"*:*"}))


def _admitted(at: datetime) -> object:
    stage = admission.Stage(AuctionStatus.ANNOUNCED, NOW, ())
    return admission.check(stage, admission.Sender(BIDDER, False, 101, False, True), None, at) is None


def _invited(at: datetime) -> object:
    row = SimpleNamespace(digest=b"-", expires_at=NOW, redeemed_at=None, revoked_at=None, needs_second=False)
    return invitations.status_of(row, at) is InvitationStatus.OPEN


def _works(at: datetime) -> None:
    key_service.check_works(SimpleNamespace(revoked_at=None, expires_at=NOW), at)  # type: ignore[arg-type]


def _bids(form: Any, conditions: Any) -> Check:
    """Whether a bid counts; the row's moment is the end of what the form was opened with."""
    state = form.opening(conditions)
    offset = state.ends_at - NOW
    return lambda at: form.decide(conditions, state, Bid(101, cny(1000)), at + offset).refusal is None


def _prolongs(at: datetime) -> object:
    """After the free period a bid reopens the window in full; before it changes no end."""
    decided = english.decide(ENGLISH, english.opening(ENGLISH), Bid(101, cny(100)), at + (ENGLISH.free_until - NOW))
    return decided.state.ends_at > english.opening(ENGLISH).ends_at


MOMENTS: list[tuple[str, str, Check]] = [
    ("a listing is open", "ynn", passes(lambda at: listings.check_open(ListingStatus.PUBLISHED, NOW, at))),
    ("a notice of a listed sale runs", "ynn", passes(lambda at: listed.check_notice_runs(_sale(), WHAT, at))),
    ("one goes before the notice ends", "ynn", passes(lambda at: listed.check_notice_not_over(_sale(), WHAT, at))),
    ("registrants are judged in the review", "ynn", passes(_reviewed)),
    ("an objection is filed", "ynn", passes(lambda at: negotiated.check_notice_runs(DAY, NOW, at))),
    ("a negotiation closes after its notice", "nyy", lambda at: negotiated.block(NOTICE, (), ONE, at) is None),
    ("an offer is accepted", "ynn",
     passes(lambda at: negotiated.check_acceptance(OFFER, NegotiationSide.SELLER, ONE, at))),
    ("an offer's own side is free of it", "nyy",
     passes(lambda at: negotiated.check_not_bound(OFFER, NegotiationSide.BUYER, at))),
    ("a purchase offer is accepted", "ynn", passes(lambda at: appraised.check_acceptance(_offer(), at))),
    ("a purchase offer that binds is withdrawn", "nyy",
     passes(lambda at: appraised.check_withdrawal(_offer(), OTHER, at))),
    ("a purchase offer that does not bind is withdrawn", "yyy",
     passes(lambda at: appraised.check_withdrawal(_offer(revocable=True), OTHER, at))),
    ("a purchase offer follows an expired one", "nyy", passes(lambda at: appraised.check_none_stands(_offer(), at))),
    ("an offer stands for some time", "nny", passes(lambda at: offers.check_expiry(at, NOW, 30))),
    ("an offer stands for as long as it may", "yyn",
     passes(lambda at: offers.check_expiry(at + 30 * A_DAY, NOW, 30))),
    ("a gate is settled in its period", "ynn", passes(lambda at: gates.check_not_lapsed(NOW, at))),
    ("a bidder is admitted from the start on", "nyy", _admitted),
    ("an ascending bid counts", "ynn", _bids(english, ENGLISH)),
    ("a sealed bid counts", "ynn", _bids(sealed, SEALED)),
    ("a descending bid counts", "ynn", _bids(dutch, DUTCH)),
    ("a bid prolongs the first window", "nny", _prolongs),
    ("a deposit is in time", "yyn", lambda at: not deposits.is_late(at, NOW)),
    ("the bank's time has come", "yyn", passes(lambda at: bank.check_bank_time(at, NOW))),
    ("the bank's slip is not too old", "nyy", passes(lambda at: bank.check_bank_time(at - bank.OLDEST, NOW))),
    ("money answers a request of its minute", "nyy",
     passes(lambda at: bank.check_not_before(at, "requested_at", NOW + timedelta(seconds=59)))),
    ("a payment is received by now", "yyn", passes(lambda at: payments.check_received(at, NOW, DAY, WUHAN))),
    ("a payment is received on the signing day", "nyy",
     passes(lambda at: payments.check_received(at - timedelta(minutes=30), NOW, DAY, WUHAN))),
    ("a payment is taken back by now", "yyn", passes(lambda at: payments.check_reversal(NOW - A_DAY, at, NOW))),
    ("a payment is taken back after it came", "nyy", passes(lambda at: payments.check_reversal(NOW, at, NOW + A_DAY))),
    ("a key works", "ynn", passes(_works)),
    ("an invitation is open", "ynn", _invited),
    ("a key ends with its issuer", "yyn", passes(lambda at: keys.end_below(NOW, at - 3 * A_DAY, 3))),
    ("a receipt belongs to the new year", "nyy",
     lambda at: local_day(award_payment(at - timedelta(minutes=30)), WUHAN) == DAY),
]  # fmt: skip


def award_payment(received_at: datetime, **said: Any) -> Any:
    return award_world.payment("P", {"received": received_at.isoformat(), "amount": "1.00"} | said)


def _fault_free(**said: Any) -> bool:
    terms = award_world.wuhan_programme().terms(DAY.year)
    return not contract_faults(award_world.contract("C", {"total": "1.00"} | said), terms)


def _related(at: date, first: date | None, last: date | None) -> bool:
    """Whether awards see a relation of a period on a day."""
    sides: Any = {PartyRole.BUYER: [SimpleNamespace(organisation_id=ONE)]}
    sides[PartyRole.SELLER] = [SimpleNamespace(organisation_id=OTHER)]
    bodies: Any = SimpleNamespace(relations=[_between(first, last)], successions={})
    return bool(gather._related(sides, bodies, at))


def _between(first: date | None, last: date | None) -> Relation:
    return Relation(ONE, OTHER, "control", None, "-", "-", first, last)


def _employed(at: date, certified: date, first: date, last: date | None) -> bool:
    return contracts.Employed(ONE, certified, ((first, last),)).on(at)


def _registers(first: date, last: date | None) -> Check:
    return lambda at: registration.division_on([("420111", first, last)], at) is not None


def _recognised(first: date, last: date | None) -> Check:
    agency = Quality.TECHNOLOGY_TRANSFER_AGENCY
    return lambda at: qualities.holds([QualityPeriod(agency, first, last)], agency, at)


def _resides(first: date, last: date | None) -> Check:
    said = {"code": "420111", "from": first.isoformat(), "to": last and last.isoformat()}
    party = award_world.organisation("a", {"kind": "enterprise", "division": [said]})
    return lambda at: party.division_on(at) is not None


YEAR_END, LONG_AGO = date(2027, 12, 31), date(2020, 1, 1)
AGENCY = identity.Period(LONG_AGO, DAY)
REPORT = appraisals.Report("A", appraisals.ReportStatus.ACCEPTED, DAY, appraisals.valid_to(DAY, 1), Decimal(100))
LAST = REPORT.valid_to - DAY

DAYS: list[tuple[str, str, Check]] = [
    ("a report may be used from its base date on", "nyy", passes(lambda at: appraisals.check_usable(REPORT, at, 1))),
    ("a report may be used to its last day", "yyn",
     passes(lambda at: appraisals.check_usable(REPORT, at + LAST, 1))),
    ("a lower price counts from its approval on", "nyy",
     lambda at: appraisals.lowest_price(Decimal(100), Decimal("0.9"), [appraisals.Approved(Decimal(1), DAY)], at) == 1),
    ("another report follows an expired one", "nny",
     passes(lambda at: listings.check_replaceable(ListingStatus.PUBLISHED, "A", DAY, at))),
    ("a day of the past", "yyn", passes(lambda at: identity.check_not_future("day", at, DAY))),
    ("a day within a year", "yyn", passes(lambda at: identity.check_near("day", at + 366 * A_DAY, DAY))),
    ("two dates in order", "nyy", passes(lambda at: identity.check_order(DAY, at))),
    ("a new residence begins after the old one", "nny", passes(lambda at: identity.end_before(at, DAY))),
    ("another agency employs after the last day", "nny",
     passes(lambda at: identity.check_employment(identity.Period(at, None), [AGENCY]))),
    ("another agency employed to the day before", "ynn",
     passes(lambda at: identity.check_employment(identity.Period(LONG_AGO, at), [identity.Period(DAY, None)]))),
    ("a broker serves from the first day", "nyy", lambda at: _employed(at, LONG_AGO, DAY, None)),
    ("a broker serves to the last day", "yyn", lambda at: _employed(at, LONG_AGO, LONG_AGO, DAY)),
    ("a broker serves with a certificate", "nyy", lambda at: _employed(at, DAY, LONG_AGO, None)),
    ("a seller registers where it came to", "nyy", _registers(DAY, None)),
    ("a seller registers where it was", "yyn", _registers(LONG_AGO, DAY)),
    ("A5: a quality holds from the first day", "nyy", _recognised(DAY, None)),
    ("A5: a quality holds to the last day", "yyn", _recognised(LONG_AGO, DAY)),
    ("A5: a quality follows its last day", "nny",
     passes(lambda at: qualities.check_free(identity.Period(at, None), [AGENCY]))),
    ("A5: a quality ends before its last day", "ynn", passes(lambda at: qualities.check_end(at, DAY))),
    ("a party resides from the first day", "nyy", _resides(DAY, None)),
    ("a party resides to the last day", "yyn", _resides(LONG_AGO, DAY)),
    ("parties are related from a day on, for awards", "nyy", lambda at: _related(at, DAY, None)),
    ("parties are related up to a day, for awards", "yyn", lambda at: _related(at, None, DAY)),
    ("parties are related from a day on, for deals", "nyy", lambda at: _between(DAY, None).holds_on(at)),
    ("parties are related up to a day, for deals", "yyn", lambda at: _between(None, DAY).holds_on(at)),
    ("a contract registered in the year earns", "yyn",
     lambda at: _fault_free(registered=(at + (YEAR_END - DAY)).isoformat())),
    ("a contract cancelled after the year earns", "nny",
     lambda at: _fault_free(cancelled=(at + (YEAR_END - DAY)).isoformat())),
    ("a payment taken back after the year earns", "nyy",
     lambda at: not reversed_by(award_payment(NOW, reversed=at.isoformat()), DAY.year - 1)),
    ("a period runs on its last day", "yyn", passes(lambda at: periods.check_running(PeriodStatus.OPEN, DAY, at))),
    ("a listing closes after today", "nny", passes(lambda at: listings.check_period(at, DAY, 12))),
    ("a listing closes within its longest period", "yyn",
     passes(lambda at: listings.check_period(at + (listings.add_months(DAY, 12) - DAY), DAY, 12))),
    ("a contract is signed by today", "yyn", passes(lambda at: contracts.check_signing(at, DAY, None, None))),
    ("a contract is signed by its last day", "yyn",
     passes(lambda at: contracts.check_signing(at, YEAR_END, DAY, None))),
    ("a contract is signed after the agreement", "nyy",
     passes(lambda at: contracts.check_signing(at, YEAR_END, None, DAY))),
    ("an invoice is issued by today", "yyn", passes(lambda at: payments.check_issued(at, LONG_AGO, DAY, "on"))),
    ("an invoice is issued after the signing", "nyy",
     passes(lambda at: payments.check_issued(at, DAY, YEAR_END, "on"))),
    ("a part is due on the day that its terms name, from the signing on", "nyy",
     lambda at: settlement.due_day(_part(at), False, DAY, YEAR_END) == at),
    ("a certificate says listed to the agreement", "yyn", lambda at: certificates.listed_until(DAY, at) == at),
    ("a figure holds from its first day", "nyy", lambda at: _figure(DAY, None).holds(at)),
    ("a figure holds to its last day", "yyn", lambda at: _figure(LONG_AGO, DAY).holds(at)),
]  # fmt: skip


def _part(on: date) -> settlement.Part:
    return settlement.Part(PartKind.INSTALMENT, Decimal(1), Due(on=on))


def _figure(first: date, last: date | None) -> Validity[date]:
    return Validity[date](valid_from=first, valid_to=last, reference="-", mark="V", note="")


def _found(ask: Check, *at: Any) -> str:
    return "".join("y" if ask(one) else "n" for one in at)


@pytest.mark.parametrize(("name", "expected", "ask"), MOMENTS, ids=[row[0] for row in MOMENTS])
def test_f_a_microsecond_before_at_and_after(name: str, expected: str, ask: Check) -> None:
    assert _found(ask, NOW - INSTANT, NOW, NOW + INSTANT) == expected, name


@pytest.mark.parametrize(("name", "expected", "ask"), DAYS, ids=[row[0] for row in DAYS])
def test_f_the_day_before_the_day_and_the_day_after(name: str, expected: str, ask: Check) -> None:
    assert _found(ask, DAY - A_DAY, DAY, DAY + A_DAY) == expected, name


def test_f_the_years_of_a_programme_are_its_own() -> None:
    programme = award_world.wuhan_programme()
    first = programme.validity.valid_from
    assert [programme.covers(year) for year in (first - 1, first, first + 1)] == [False, True, True]
    ended = programme.model_copy(update={"validity": programme.validity.model_copy(update={"valid_to": first + 2})})
    assert [ended.covers(first + year) for year in (1, 2, 3)] == [True, True, False]


def test_f7_half_past_midnight_of_new_year_is_the_new_year_s() -> None:
    """F7: a reversal, a receipt, a closing and a period would in UTC fall into the old year."""
    receipt = SimpleNamespace(
        id=ONE, contract_id=ONE, payer_id=ONE, received_at=NOW - 9 * A_DAY, amount=Decimal("1.00"),
        technical_amount=None, invoices=(), reverses_id=None,
        reversal=None,
    )  # fmt: skip
    reversal = SimpleNamespace(received_at=NOW, reverses_id=ONE, reversal=ReversalKind.RETURNED_BY_BANK)
    found: Any = [receipt, reversal]
    (fact,) = gather._payment_facts(found, CITY)
    assert fact.reversed_on == DAY
    assert not reversed_by(fact, DAY.year - 1)
    assert local_day(award_payment(NOW), WUHAN) == CITY.day_of(NOW) == DAY
    assert appraised.closing_ends(NOW, 0, WUHAN) == periods.end_moment(DAY, WUHAN)
