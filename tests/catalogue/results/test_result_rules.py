"""Pure rules of results."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalogue.results import ip, rules
from app.catalogue.results.kinds import ExportControl, IpType, Secrecy, TransferMode
from app.catalogue.results.listability import AssetFacts, ListingFacts, OwnerFacts
from app.core.problems import Problem
from app.law.figures import parameter

KEEPER, OTHER = uuid4(), uuid4()
TODAY = date(2026, 3, 2)
MILLIONTHS = 10**6


@dataclass(frozen=True)
class Part:
    organisation_id: UUID | None
    share: Decimal


def millionths(count: int) -> Decimal:
    return Decimal(count).scaleb(-6)


@st.composite
def partitions(draw: st.DrawFn) -> list[int]:
    cuts = sorted(draw(st.sets(st.integers(1, MILLIONTHS - 1), max_size=20)))
    return [b - a for a, b in zip([0, *cuts], [*cuts, MILLIONTHS], strict=True)]


@given(partitions())
def test_any_partition_of_the_whole_is_accepted(parts: list[int]) -> None:
    rules.check_shares([millionths(part) for part in parts])


@given(partitions(), st.integers(-MILLIONTHS, MILLIONTHS).filter(bool), st.data())
def test_anything_else_is_refused_with_the_exact_difference(parts: list[int], change: int, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(parts) - 1))
    changed = [part + change if position == place else part for position, part in enumerate(parts)]
    with pytest.raises(Problem) as refused:
        rules.check_shares([millionths(part) for part in changed])
    assert refused.value.kind.code == "shares_do_not_sum"
    assert refused.value.params["total"] == millionths(sum(changed))
    assert refused.value.params["difference"] == millionths(abs(change))
    assert (refused.value.params["compared"].en == "too little") == (change < 0)


@given(st.sampled_from([8, 12]).flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n)), st.data())
def test_the_check_digit_finds_every_single_wrong_digit(digits: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(digits) - 1))
    wrong = data.draw(st.sampled_from([d for d in "0123456789" if d != digits[place]]))
    assert ip.check_digit(digits[:place] + wrong + digits[place + 1 :]) != ip.check_digit(digits)


@pytest.mark.parametrize(
    ("number", "bare"),
    [
        ("200310100002.X", "200310100002"),
        ("ZL200310100002.x", "200310100002"),
        ("CN 200310100002X", "200310100002"),
        ("85100001.0", "85100001"),
        ("US 10,123,456 B2", None),
        ("123456789", None),
        ("PCT/CN2020/070001", None),
    ],
)
def test_chinese_numbers_are_known_by_their_form(number: str, bare: str | None) -> None:
    assert ip.chinese_number("field", number) == bare


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("200310100002.1", "check digit should be X"),
        ("CN101234567B", "9 or 13"),
        ("ZL2020", "9 or 13"),
        ("202070000001.1", "kind of patent"),
    ],
)
def test_a_wrong_chinese_number_is_refused_with_the_reason(number: str, reason: str) -> None:
    with pytest.raises(Problem) as refused:
        ip.chinese_number("field", number)
    assert reason in refused.value.params["reason"].en


@pytest.mark.parametrize(
    ("registered", "begun", "day"),
    [
        (date(2024, 3, 1), None, date(2025, 3, 2)),
        (date(2024, 3, 1), date(2025, 3, 1), None),
        (date(2024, 3, 1), date(2025, 3, 2), date(2025, 3, 2)),
        (date(2024, 2, 29), None, date(2025, 3, 1)),
        (date(2019, 5, 1), None, date(2024, 1, 28)),
        (date(2019, 5, 1), date(2020, 5, 1), None),
    ],
)
def test_from_when_the_team_may_convert_itself(registered: date, begun: date | None, day: date | None) -> None:
    period = parameter("self_conversion_years", on=TODAY)
    assert rules.team_may_convert_from(registered, begun, period) == day


def test_the_team_owns_its_share_of_the_units_part() -> None:
    owners = [Part(KEEPER, Decimal("0.15")), Part(None, Decimal("0.35")), Part(OTHER, Decimal("0.5"))]
    rules.check_entitled_share(owners, KEEPER, Decimal("0.7"))
    with pytest.raises(Problem) as refused:
        rules.check_entitled_share(owners, KEEPER, Decimal("0.8"))
    assert refused.value.params["expected"] == Decimal("0.4")


def facts(**changes: object) -> ListingFacts:
    values: dict[str, object] = {
        "result_id": uuid4(),
        "seller_id": KEEPER,
        "secrecy": Secrecy.NONE,
        "export_control": ExportControl.NONE,
        "publicly_funded": False,
        "assets": (AssetFacts(0, IpType.TECHNICAL_SECRET, "示例", None, None),),
        "owners": (OwnerFacts(KEEPER, "keeper", Decimal(1)),),
        "consents": frozenset(),
    }
    return ListingFacts(**(values | changes))  # type: ignore[arg-type]


def codes(known: ListingFacts, mode: TransferMode) -> list[str]:
    return [finding.code for finding in rules.listability(known, mode, TODAY)]


@pytest.mark.parametrize("mode", list(TransferMode))
@pytest.mark.parametrize("secrecy", [Secrecy.STATE_SECRET, Secrecy.NATIONAL_SECURITY])
def test_a_secret_is_never_listed(mode: TransferMode, secrecy: Secrecy) -> None:
    (finding,) = rules.listability(facts(secrecy=secrecy), mode, TODAY)
    assert (finding.code, finding.rule.article) == ("secrecy", "2")


@pytest.mark.parametrize(
    ("expires", "invalidated", "code"),
    [
        (TODAY, None, []),
        (date(2026, 3, 1), None, ["asset_expired"]),
        (date(2040, 1, 1), TODAY, ["asset_invalidated"]),
        (date(2020, 1, 1), date(2019, 1, 1), ["asset_invalidated"]),
    ],
)
def test_a_dead_patent_is_not_sold_but_may_be_served(expires: date, invalidated: date | None, code: list[str]) -> None:
    known = facts(assets=(AssetFacts(0, IpType.PATENT, "示例", expires, invalidated),))
    assert codes(known, TransferMode.ASSIGNMENT) == code
    assert codes(known, TransferMode.ORDINARY_LICENCE) == code
    assert codes(known, TransferMode.CONSULTING) == []


def test_a_co_owner_alone_grants_only_an_ordinary_licence() -> None:
    owners = (OwnerFacts(KEEPER, "keeper", Decimal("0.5")), OwnerFacts(OTHER, "other", Decimal("0.5")))
    shared = facts(owners=owners)
    for mode in TransferMode:
        needs = mode in {
            TransferMode.ASSIGNMENT,
            TransferMode.EXCLUSIVE_LICENCE,
            TransferMode.SOLE_LICENCE,
            TransferMode.EQUITY_CONTRIBUTION,
        }
        assert codes(shared, mode) == (["consent_missing"] if needs else [])
    consented = facts(owners=owners, consents=frozenset({(OTHER, TransferMode.ASSIGNMENT)}))
    assert codes(consented, TransferMode.ASSIGNMENT) == []
    assert codes(consented, TransferMode.EXCLUSIVE_LICENCE) == ["consent_missing"]


def test_a_seller_who_owns_nothing_needs_every_owner_even_for_an_ordinary_licence() -> None:
    of_team = facts(owners=(OwnerFacts(None, "team", Decimal(1)),))
    assert codes(of_team, TransferMode.ORDINARY_LICENCE) == ["consent_missing"]


def test_the_refusal_names_every_reason_with_its_article() -> None:
    known = facts(
        export_control=ExportControl.PROHIBITED,
        assets=(AssetFacts(0, IpType.PLANT_VARIETY, "示例", date(2020, 1, 1), None),),
    )
    with pytest.raises(Problem) as refused:
        rules.refuse_unlistable(known, TransferMode.ASSIGNMENT, TODAY)
    body = refused.value.as_json("en")
    assert body["code"] == "result_not_listable"
    assert [error["code"] for error in body["errors"]] == ["export_prohibited", "asset_expired"]
    assert "Civil Code, art. 865, 876" in body["errors"][1]["reason"]
    rules.refuse_unlistable(facts(), TransferMode.ASSIGNMENT, TODAY)
