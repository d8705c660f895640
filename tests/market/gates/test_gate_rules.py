"""Which gates a sale needs, who settles each, and when it is too late: for any facts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalogue.results.kinds import ExportControl, IpType, Secrecy, TransferMode
from app.catalogue.results.listability import DISPOSALS, AssetFacts, ListingFacts, OwnerFacts
from app.market.gates import rules
from app.market.gates.kinds import Closer, GateKind, GateOutcome
from app.market.gates.rules import OpenGate, Sale
from tests.support.refusals import refusal

SELLER, OTHER, BUYER, CO_BUYER = (UUID(int=n) for n in range(1, 5))
FIRST, SECOND = UUID(int=11), UUID(int=12)
TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
RESULT = ListingFacts(
    result_id=UUID(int=21),
    seller_id=SELLER,
    secrecy=Secrecy.NONE,
    export_control=ExportControl.NONE,
    publicly_funded=False,
    assets=(AssetFacts(0, IpType.PATENT, "一种装置", None, None),),
    owners=(OwnerFacts(SELLER, "示例大学", Decimal(1)),),
    consents=frozenset(),
)
PLAIN = Sale(
    result=RESULT,
    transfer_mode=TransferMode.EXCLUSIVE_LICENCE,
    completers=(),
    buying_people=frozenset(),
    co_buyers=(),
    abroad=False,
    related=None,
)


def sale(**changes: object) -> Sale:
    """A sale that needs no gate, with some facts changed: those of the result by their own names."""
    of_result = {name: changes.pop(name) for name in list(changes) if hasattr(RESULT, name)}
    return replace(PLAIN, result=replace(RESULT, **of_result), **changes)  # type: ignore[arg-type]


def kinds(made: Sale, today: date = TODAY) -> list[GateKind]:
    return [gate.kind for gate in rules.needed(made, today)]


# Which gates


def test_a_plain_sale_needs_none() -> None:
    assert rules.needed(PLAIN, TODAY) == []
    assert rules.never(PLAIN, TODAY) == []


@pytest.mark.parametrize("mode", TransferMode)
def test_completers_are_asked_first_where_the_result_itself_is_transferred(mode: TransferMode) -> None:
    asked = rules.needed(sale(transfer_mode=mode, completers=(FIRST, None)), TODAY)
    if mode == TransferMode.ASSIGNMENT:
        assert [(gate.kind, gate.key, gate.person_id) for gate in asked] == [
            (GateKind.FIRST_REFUSAL, f"0:{FIRST}", FIRST),
            (GateKind.FIRST_REFUSAL, "1:-", None),
        ]
    else:
        assert asked == []


def test_nobody_is_offered_first_what_they_buy_already() -> None:
    made = sale(
        transfer_mode=TransferMode.ASSIGNMENT, completers=(FIRST, SECOND, None), buying_people=frozenset({FIRST})
    )
    assert [gate.person_id for gate in rules.needed(made, TODAY)] == [SECOND, None]


@given(completers=st.lists(st.sampled_from([FIRST, SECOND, None]), max_size=6))
def test_each_completer_has_a_gate_of_its_own(completers: list[UUID | None]) -> None:
    gates = rules.needed(sale(transfer_mode=TransferMode.ASSIGNMENT, completers=tuple(completers)), TODAY)
    assert len({(gate.kind, gate.key) for gate in gates}) == len(completers)


def test_each_joint_buyer_consents_for_itself() -> None:
    (gate,) = rules.needed(sale(co_buyers=(CO_BUYER,)), TODAY)
    assert (gate.kind, gate.key, gate.organisation_id) == (GateKind.CO_BUYER_CONSENT, str(CO_BUYER), CO_BUYER)


def test_a_related_party_needs_an_approval_that_says_why() -> None:
    (gate,) = rules.needed(sale(related="乙 – 甲: control"), TODAY)
    assert (gate.kind, gate.key, gate.detail) == (GateKind.RELATED_PARTY_APPROVAL, "-", "乙 – 甲: control")


CO_OWNED = (OwnerFacts(SELLER, "示例大学", Decimal("0.6")), OwnerFacts(OTHER, "示例院", Decimal("0.3")),
            OwnerFacts(None, "完成团队", Decimal("0.1")))  # fmt: skip


def test_a_co_owner_who_has_not_consented_is_asked_and_the_team_too() -> None:
    asked = rules.needed(sale(owners=CO_OWNED), TODAY)
    assert [(gate.kind, gate.key, gate.organisation_id) for gate in asked] == [
        (GateKind.CO_OWNER_CONSENT, str(OTHER), OTHER),
        (GateKind.CO_OWNER_CONSENT, "team", None),
    ]
    consents = frozenset({(OTHER, TransferMode.EXCLUSIVE_LICENCE), (None, TransferMode.EXCLUSIVE_LICENCE)})
    assert kinds(sale(owners=CO_OWNED, consents=consents)) == []
    assert kinds(sale(owners=CO_OWNED, transfer_mode=TransferMode.ORDINARY_LICENCE)) == []


def patent(expires_on: date | None = None, invalidated_on: date | None = None) -> AssetFacts:
    return AssetFacts(0, IpType.PATENT, "一种装置", expires_on, invalidated_on)


def test_a_patent_that_died_since_the_listing_is_a_gate_from_the_day_on() -> None:
    expired, invalid = sale(assets=(patent(expires_on=TODAY),)), sale(assets=(patent(invalidated_on=TODAY),))
    assert kinds(expired) == []  # the last day of a patent is its own
    assert kinds(expired, TODAY + timedelta(days=1)) == [GateKind.PATENT_IN_FORCE]
    assert kinds(invalid) == [GateKind.PATENT_IN_FORCE]
    assert kinds(invalid, TODAY - timedelta(days=1)) == []


def test_a_dead_patent_is_named_by_what_ended_it_so_that_another_end_is_another_gate() -> None:
    later = TODAY + timedelta(days=1)
    (expired,) = rules.needed(sale(assets=(patent(expires_on=TODAY),)), later)
    (invalid,) = rules.needed(sale(assets=(patent(expires_on=TODAY, invalidated_on=later),)), later)
    assert (expired.key, invalid.key) == ("asset_expired:一种装置", "asset_invalidated:一种装置")


@pytest.mark.parametrize("mode", TransferMode)
def test_what_a_sale_abroad_needs(mode: TransferMode) -> None:
    exclusive = mode in {TransferMode.ASSIGNMENT, TransferMode.EXCLUSIVE_LICENCE}
    controls = [ExportControl.NONE, ExportControl.RESTRICTED]
    for abroad, control, funded in product([True, False], controls, [True, False]):
        wanted = []
        if abroad and control == ExportControl.RESTRICTED:
            wanted.append(GateKind.RESTRICTED_EXPORT)
        if abroad and funded and exclusive:
            wanted.append(GateKind.FOREIGN_APPROVAL)
        made = sale(abroad=abroad, export_control=control, publicly_funded=funded, transfer_mode=mode)
        assert kinds(made) == wanted


@pytest.mark.parametrize("mode", TransferMode)
def test_what_no_consent_and_no_licence_mends_is_no_gate(mode: TransferMode) -> None:
    secret = sale(secrecy=Secrecy.STATE_SECRET, transfer_mode=mode)
    prohibited = sale(export_control=ExportControl.PROHIBITED, transfer_mode=mode, abroad=True)
    assert [finding.code for finding in rules.never(secret, TODAY)] == ["secrecy"]
    assert [finding.code for finding in rules.never(prohibited, TODAY)] == ["export_prohibited"]
    assert kinds(secret) == kinds(prohibited) == []


def test_every_finding_is_a_gate_or_never() -> None:
    """A reason that forbids a listing and is neither would be forgotten at the deal."""
    worst = sale(
        secrecy=Secrecy.NATIONAL_SECURITY,
        export_control=ExportControl.PROHIBITED,
        owners=CO_OWNED,
        assets=(patent(expires_on=date(2020, 1, 1)), replace(patent(invalidated_on=TODAY), position=1)),
    )
    for mode in DISPOSALS:
        made = replace(worst, transfer_mode=mode)
        gates = [gate for gate in rules.needed(made, TODAY) if gate.kind != GateKind.FIRST_REFUSAL]
        found = rules.listability(made.result, mode, TODAY)
        assert len(gates) + len(rules.never(made, TODAY)) == len(found)


# Who settles them


@given(
    kind=st.sampled_from(GateKind),
    capacities=st.sets(st.sampled_from(Closer)),
    has_document=st.booleans(),
)
def test_only_who_the_kind_names_settles_a_gate_and_shows_a_document_where_it_is_not_the_holder(
    kind: GateKind, capacities: set[Closer], has_document: bool
) -> None:
    entitled = capacities & set(rules.KINDS[kind].closers)
    if not entitled:
        with refusal("gate_not_yours") as caught:
            rules.check_closing(kind, capacities, None, has_document=has_document)
        assert all(rules.CLOSER_NAMES[closer].en in str(caught.value.params) for closer in rules.KINDS[kind].closers)
    elif Closer.HOLDER in entitled or has_document:
        rules.check_closing(kind, capacities, None, has_document=has_document)
    else:
        with refusal("evidence_missing", "document_id"):
            rules.check_closing(kind, capacities, None, has_document=has_document)


def test_a_gate_is_settled_once_and_only_who_may_settle_it_learns_how() -> None:
    closed = (GateOutcome.CLEARED, NOW)
    with refusal("gate_closed"):
        rules.check_closing(GateKind.CO_BUYER_CONSENT, [Closer.HOLDER], closed, has_document=False)
    with refusal("gate_not_yours"):
        rules.check_closing(GateKind.CO_BUYER_CONSENT, [Closer.OPERATOR], closed, has_document=True)


def test_no_joint_buyer_is_consented_for() -> None:
    with refusal("gate_not_yours"):
        rules.check_closing(GateKind.CO_BUYER_CONSENT, set(Closer) - {Closer.HOLDER}, None, has_document=True)


def test_after_its_period_time_alone_settles_a_gate() -> None:
    rules.check_not_lapsed(None, NOW)
    rules.check_not_lapsed(NOW + timedelta(microseconds=1), NOW)
    with refusal("gate_lapsed"):
        rules.check_not_lapsed(NOW, NOW)


def test_the_refusal_speaks_of_the_first_gate_and_lists_them_all() -> None:
    gates = [
        OpenGate(UUID(int=31), GateKind.FIRST_REFUSAL, "completer 1", NOW),
        OpenGate(UUID(int=32), GateKind.RESTRICTED_EXPORT, "licence missing", None),
    ]
    problem = rules.gate_open(gates).as_json("en")
    assert "first_refusal" in problem["detail"]
    assert "847" in problem["detail"]
    assert "its holder or an admin of the seller" in problem["remedy"]
    assert [(gate["id"], gate["rule"]["article"], gate["lapses_at"]) for gate in problem["gates"]] == [
        (str(UUID(int=31)), "847", NOW.isoformat()),
        (str(UUID(int=32)), "chapter 3", None),
    ]


def test_every_kind_says_what_it_rests_on_and_who_settles_it() -> None:
    assert set(rules.KINDS) == set(GateKind)
    assert all(kind.closers for kind in rules.KINDS.values())
    assert set(rules.CLOSER_NAMES) == set(Closer)
