"""The pure rules of price dossiers: comparables, the events behind an entry, who has an event in full."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.access import Actor, Role
from app.dossiers.gathering import plain
from app.dossiers.rules import Comparable, Happened, Happenings, comparables, sees_whole, view_of
from app.dossiers.story import Trace
from app.market.deals.kinds import DealStatus, PartyRole, PriceBasis
from app.market.listings.rules import differences

START = datetime(2026, 3, 1, tzinfo=UTC)
HERE = Comparable(
    UUID(int=0), "biomedicine", "assignment", Decimal(1), PriceBasis.FIXED, START, DealStatus.AGREED, False, None
)
OTHERS = st.lists(
    st.builds(
        Comparable,
        id=st.integers(0, 12).map(lambda n: UUID(int=n)),
        technical_field=st.sampled_from(["biomedicine", "biomedicine", "new_energy", None]),
        transfer_mode=st.sampled_from(["assignment", "assignment", "sole_licence"]),
        price=st.just(Decimal(5)),
        price_basis=st.sampled_from(PriceBasis),
        agreed_at=st.integers(-9, 9).map(lambda days: START + timedelta(days=days)),
        status=st.sampled_from(DealStatus),
        related=st.booleans(),
        public_at=st.sampled_from([START, START, None]),
    ),
    max_size=40,
    unique_by=lambda other: other.id,
)


@given(OTHERS, st.integers(0, 10))
def test_comparables_are_public_of_the_same_kind_and_the_nearest(others: list[Comparable], most: int) -> None:
    chosen = comparables(HERE, others, most)
    fitting = [other for other in others if other.may_stand_beside(HERE)]
    assert len(chosen) == min(most, len(fitting))
    for other in chosen:
        assert (other.technical_field, other.transfer_mode) == ("biomedicine", "assignment")
        assert other.id != HERE.id
        assert other.public_at is not None, "a price that is the parties' own must never be shown"
        assert not other.related
        assert other.status in {DealStatus.AGREED, DealStatus.CONTRACTED}
        assert other.price_basis in {PriceBasis.FIXED, PriceBasis.FIXED_AND_CONTINGENT}
    left = [abs(other.agreed_at - START) for other in fitting if other not in chosen]
    farthest = max((abs(other.agreed_at - START) for other in chosen), default=timedelta(0))
    assert all(distance >= farthest for distance in left)


@given(OTHERS, st.randoms())
def test_the_order_of_the_candidates_does_not_matter(others: list[Comparable], random: object) -> None:
    shuffled = list(others)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert comparables(HERE, others, 10) == comparables(HERE, shuffled, 10)


def test_without_a_field_nothing_is_compared() -> None:
    unknown = Comparable(
        UUID(int=1), None, "assignment", Decimal(1), PriceBasis.FIXED, START, DealStatus.AGREED, False, START
    )
    assert comparables(unknown, [HERE, unknown], 10) == []


def test_a_trace_leads_to_the_last_event_that_has_what_it_names() -> None:
    subject = UUID(int=7)
    rows = [
        Happened(UUID(int=seq), seq, "offer.made", subject, {"offer_id": name, "n": seq})
        for seq, name in enumerate(["a", "b", "a"], 1)
    ]
    happened = Happenings(rows)
    assert happened.behind([Trace("offer.made", subject, {"offer_id": "a"})]) == [rows[2]]
    assert happened.behind([Trace("offer.made", subject, {"offer_id": "a", "n": 1})]) == [rows[0]]
    assert happened.behind([Trace("offer.made", subject, event_id=UUID(int=2))]) == [rows[1]]
    assert happened.behind([Trace("offer.made", subject, {"offer_id": "c"})]) == []
    assert happened.behind([Trace("offer.made", UUID(int=8))]) == []
    twice = [Trace("offer.made", subject), Trace("offer.made", subject, {"n": 3})]
    assert happened.behind(twice) == [rows[2]], "each event once"


def _actor(organisation: int | None, *roles: Role) -> Actor:
    own = None if organisation is None else UUID(int=organisation)
    return Actor(UUID(int=90), UUID(int=91), own, frozenset(roles), frozenset())


@pytest.mark.parametrize(
    ("actor", "is_for", "acting", "by_person", "whole"),
    [
        (_actor(1, Role.ADMIN), True, UUID(int=1), True, True),
        (_actor(1, Role.ADMIN), True, UUID(int=2), True, False),
        (_actor(1, Role.ADMIN), True, None, True, False),
        (_actor(1, Role.ADMIN), True, None, False, True),
        (_actor(1, Role.ADMIN), False, None, False, False),
        (_actor(1, Role.ADMIN), False, UUID(int=1), True, False),
        (_actor(None, Role.OPERATOR), True, UUID(int=2), True, True),
        (_actor(None, Role.OPERATOR), False, UUID(int=2), True, False),
        (_actor(None, Role.REGISTRAR), True, UUID(int=2), True, False),
        (_actor(None, Role.AUDITOR), True, UUID(int=2), True, True),
    ],
)
def test_who_acted_for_somebody_else_is_not_told(
    actor: Actor, is_for: bool, acting: UUID | None, by_person: bool, whole: bool
) -> None:
    assert sees_whole(actor, is_for=is_for, acting=acting, by_person=by_person) is whole


def test_a_view_is_the_party_s_role_or_the_market_s_that_sees_most() -> None:
    parties = {UUID(int=1): PartyRole.SELLER, UUID(int=2): PartyRole.AGENCY}
    assert view_of(_actor(1, Role.MEMBER), parties) == "seller"
    assert view_of(_actor(2, Role.BROKER), parties) == "agency"
    assert view_of(_actor(None, Role.OPERATOR, Role.AUDITOR), parties) == "auditor"
    assert view_of(_actor(None, Role.REGISTRAR), parties) == "registrar"


def test_versions_differ_by_their_members() -> None:
    before = {"version": 1, "price": "1.00", "result": {"id": "a", "level": 3}, "documents": []}
    after = {"version": 2, "price": "2.00", "result": {"id": "a", "level": 4}, "documents": [], "terms": "x"}
    found = [(item.field, item.before, item.after) for item in differences(before, after)]
    assert found == [("price", "1.00", "2.00"), ("result.level", 3, 4), ("terms", None, "x")]
    assert differences(before, before) == []


def test_facts_are_plain_and_exact() -> None:
    moment = datetime(2026, 3, 1, 8, tzinfo=UTC)
    facts = {"money": Decimal("10.00"), "when": moment, "day": date(2026, 3, 1), "ids": (UUID(int=1),), "no": None}
    assert plain(facts | {"yes": True, "many": 3, "basis": PriceBasis.FIXED}) == {
        "money": "10.00", "when": "2026-03-01T08:00:00Z", "day": "2026-03-01",
        "ids": ["00000000-0000-0000-0000-000000000001"], "no": None, "yes": True, "many": 3, "basis": "fixed",
    }  # fmt: skip
