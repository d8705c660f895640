"""The words of the old dialect stay out, and a remedy says what to do."""

import pytest

from app import wiring
from app.core.problems import REGISTRY
from tests.structure.prose import all_faults, faults, is_sentence_that_says_what_to_do

wiring.routers()  # loads every package, which declares its refusals


def test_no_word_of_the_list_is_left() -> None:
    assert all_faults() == []


def test_every_remedy_says_what_to_do() -> None:
    remedies = [kind.remedy.en for kind in REGISTRY.values() if kind.remedy]
    assert [remedy for remedy in remedies if not is_sentence_that_says_what_to_do(remedy)] == []


@pytest.mark.parametrize(
    "planted",
    ["The period begins anew.", "The report is {status} since {at}.", "Documents are away", "The price is another",
     "whoever asks", "the file beside it"],
)  # fmt: skip
def test_a_planted_word_is_found(planted: str) -> None:
    assert list(faults("a.md", planted))


def test_a_fragment_is_no_remedy() -> None:
    assert not is_sentence_that_says_what_to_do("A day from {earliest} to {latest}.")
    assert not is_sentence_that_says_what_to_do("Send a day")
