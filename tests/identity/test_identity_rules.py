"""Codes, scopes and periods: what must hold for every one of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as uscc_number

from app.core.access import Actor, Role
from app.core.problems import Problem
from app.core.web.http import Endpoint
from app.core.web.routing import built_routes
from app.identity import rules
from app.identity.invitations import rules as invitations
from app.identity.keys import rules as keys
from app.identity.rules import RESOURCES, USCC_CHARACTERS, Period
from app.main import create_app

WEIGHTS = [pow(3, place, 31) for place in range(17)]
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ACTIONS = ("read", "write", "*")
DAY = date(2024, 1, 1)

scopes = st.tuples(st.sampled_from((*RESOURCES, "*")), st.sampled_from(ACTIONS)).map(":".join)
held = st.frozensets(scopes, max_size=4)
days = st.integers(0, 40).map(lambda number: DAY + timedelta(days=number))


@st.composite
def codes(draw: st.DrawFn) -> str:
    """A code whose check character is worked out from the standard's text, not by the library."""
    body = draw(st.sampled_from("123456789ANY")) + draw(st.sampled_from("123456789"))
    body += draw(st.sampled_from(["100000", "420100", "310115", "659012"]))
    body += draw(st.text(ALPHABET, min_size=8, max_size=8)) + draw(st.sampled_from(ALPHABET[1:]))
    total = sum(ALPHABET.index(character) * weight for character, weight in zip(body, WEIGHTS, strict=True))
    return body + ALPHABET[(31 - total % 31) % 31]


@st.composite
def periods(draw: st.DrawFn) -> Period:
    first = draw(days)
    return Period(first, draw(st.none() | st.integers(0, 10).map(lambda n: first + timedelta(days=n))))


def actor(*held_scopes: str) -> Actor:
    return Actor(UUID(int=1), UUID(int=2), UUID(int=3), frozenset({Role.MEMBER}), frozenset(held_scopes))


def problem_of(check: Callable[..., object], *arguments: object) -> Problem | None:
    """What a check refuses, or None."""
    try:
        check(*arguments)
    except Problem as problem:
        return problem
    return None


def refusal(code: str) -> str | None:
    """The reason for which a code is refused."""
    problem = problem_of(rules.check_uscc, code)
    return str(problem.params["reason"].en) if problem else None


@given(codes())
def test_a_code_by_the_standard_is_taken_as_it_is(code: str) -> None:
    assert rules.check_uscc(code) == code
    assert rules.check_uscc(f" {code[:8]}-{code[8:].lower()} ") == code


@given(codes(), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_any_change_of_one_character_is_refused(code: str, place: int, character: str) -> None:
    changed = code[:place] + character + code[place + 1 :]
    assert (refusal(changed) is None) == (changed == code)


@given(codes(), st.integers(0, 17), st.sampled_from("IOSVZ?*.壹"))
def test_a_character_outside_the_standard_is_refused(code: str, place: int, character: str) -> None:
    assert refusal(code[:place] + character + code[place + 1 :]) == "it has a character out of place"


@given(codes(), st.integers(0, 17))
def test_a_code_of_another_length_is_refused(code: str, place: int) -> None:
    assert refusal(code[:place]) == "it does not have 18 characters"
    assert refusal(code + code[place]) == "it does not have 18 characters"


def test_where_the_sum_leaves_no_remainder_the_check_character_is_zero() -> None:
    assert rules.check_uscc("91420100MA4K0000P0") == "91420100MA4K0000P0"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("91110000600037341L", None),  # the library's own example
        ("N1110000600037341L", "the check character does not fit"),
        ("9111000060003734IL", "it has a character out of place"),
        ("91110000600037341", "it does not have 18 characters"),
        ("", "it does not have 18 characters"),
        # A10: the check character fits, and there is no such body.
        ("0" * 18, "it names no registering department, division or body"),
        ("014201000000000018", "it names no registering department, division or body"),
        ("91420100000000000U", "it names no registering department, division or body"),
        ("91990100MA4K00001A", "it names no registering department, division or body"),
    ],
)
def test_a_known_code(code: str, reason: str | None) -> None:
    assert refusal(code) == reason


@given(codes())
def test_the_library_differs_only_in_the_first_two_places(code: str) -> None:
    assert frozenset(ALPHABET) == USCC_CHARACTERS
    assert uscc_number.is_valid(code) == code[:2].isdigit()


@given(held, st.sampled_from(RESOURCES), st.sampled_from(("read", "write")))
def test_a_scope_is_held_by_itself_by_a_star_and_read_by_write(
    scopes_held: frozenset[str], resource: str, action: str
) -> None:
    def covers(scope: str) -> bool:
        of, to = scope.split(":")
        return of in (resource, "*") and (to in (action, "*") or (to, action) == ("write", "read"))

    assert actor(*scopes_held).holds_scope(f"{resource}:{action}") == any(map(covers, scopes_held))


@given(held, held)
def test_what_may_be_granted_is_never_more_than_what_is_held(mine: frozenset[str], given_on: frozenset[str]) -> None:
    giver, taker = actor(*mine), actor(*given_on)
    every = [f"{resource}:{action}" for resource in RESOURCES for action in ("read", "write")]
    gained = [scope for scope in every if taker.holds_scope(scope) and not giver.holds_scope(scope)]
    problem = problem_of(keys.check_grant, given_on, giver)
    assert (problem.kind.code if problem else None) == ("scope_exceeded" if gained else None)


def test_every_scope_that_a_route_asks_for_can_be_given() -> None:
    routes = [route for route in built_routes(create_app()) if isinstance(route, Endpoint)]
    asked = {route.access.scope for route in routes if route.access.scope}
    assert len(asked) > len(RESOURCES)
    assert keys.check_scopes(asked) == sorted(asked)


@pytest.mark.parametrize(
    "scope", ["", "listings", "listings:", "listings:delete", "secrets:read", "*", "listings:read "]
)
def test_an_unknown_scope_is_refused(scope: str) -> None:
    with pytest.raises(Problem, match="scope_unknown"):
        keys.check_scopes([scope])


@given(st.lists(periods(), max_size=4), periods())
def test_a_broker_has_one_agency_on_any_day(existing: list[Period], new: Period) -> None:
    far = DAY + timedelta(days=60)

    def covered(period: Period) -> set[date]:
        last = period.last or far
        return {period.first + timedelta(days=n) for n in range((last - period.first).days + 1)}

    clash = any(covered(period) & covered(new) for period in existing)
    problem = problem_of(rules.check_employment, new, existing)
    assert (problem is not None) == clash
    if problem and problem.remedy and all(period.last for period in existing):
        free = date.fromisoformat(problem.remedy.en.removeprefix("Begin on or after ").rstrip("."))
        assert problem_of(rules.check_employment, Period(free, None), existing) is None
        assert problem_of(rules.check_employment, Period(free - timedelta(days=1), None), existing)


def test_an_employment_to_the_last_day_of_the_calendar_leaves_no_day_to_name() -> None:
    with pytest.raises(Problem) as refused:
        rules.check_employment(Period(DAY, None), [Period(DAY, date.max)])
    assert refused.value.remedy is refused.value.kind.remedy


@given(days, days)
def test_a_residence_ends_the_day_before_the_next(before: date, begins: date) -> None:
    if begins > before:
        assert rules.end_before(begins, before) + timedelta(days=1) == begins
    else:
        with pytest.raises(Problem, match="period_not_later"):
            rules.end_before(begins, before)


@pytest.mark.parametrize(("days_asked", "passes"), [(0, False), (1, True), (366, True), (367, False)])
def test_how_long_a_key_may_live(days_asked: int, passes: bool) -> None:
    if passes:
        assert keys.lifetime(days_asked) == timedelta(days=days_asked)
    else:
        with pytest.raises(Problem, match="key_expiry"):
            keys.lifetime(days_asked)


def test_a_successor_lives_as_long_as_its_key_and_never_beyond_its_issuer() -> None:
    made, month = datetime(2026, 3, 2, tzinfo=UTC), timedelta(days=30)
    later = made + timedelta(days=10)
    assert keys.end_of_successor(made, made + month, None, later) == later + month
    for parent_ends in (made + month, later + month):
        assert keys.end_of_successor(made, made + month, parent_ends, later) == parent_ends
    assert keys.end_of_successor(made, made + month, made + 2 * month, later) == later + month


@pytest.mark.parametrize("who", ["asked", "invited"])
def test_c2_neither_who_asked_nor_who_is_invited_confirms(who: str) -> None:
    people = {name: UUID(int=number) for number, name in enumerate(("asked", "invited", "another"))}
    actor = Actor(people[who], UUID(int=9), None, frozenset({Role.OPERATOR}), frozenset())
    with pytest.raises(Problem, match="second_person_needed"):
        invitations.check_second(actor, people["asked"], people["invited"])
    invitations.check_second(replace(actor, person_id=people["another"]), people["asked"], people["invited"])


def test_secrets_differ_and_their_digest_does_not_show_them() -> None:
    one, two = rules.new_secret(), rules.new_secret()
    assert one != two
    assert len(one) > 40
    assert len(rules.digest_of(one)) == 32
    assert one.encode() not in rules.digest_of(one)
