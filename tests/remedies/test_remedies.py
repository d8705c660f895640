"""A remedy that names a figure is tried, and passes: who does as a refusal says is not refused again for it."""

import pytest

from tests.remedies import money, pure
from tests.remedies.asked import ASKED
from tests.remedies.trials import Trial, figures
from tests.support.world import World

TRIALS = (*pure.TRIALS, *money.TRIALS)


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: f"{trial.code}-{trial.name}")
def test_what_the_remedy_names_passes(trial: Trial) -> None:
    trial.run()


@pytest.mark.parametrize(("code", "name"), sorted(ASKED))
async def test_what_the_remedy_of_an_answer_names_passes(world: World, code: str, name: str) -> None:
    await ASKED[code, name](world)


def test_every_figure_of_a_remedy_is_tried() -> None:
    """A new remedy with a figure stands in `pure.py`, `money.py` or `asked.py`, or is told why in `trials.py`."""
    untried = figures() - {(trial.code, trial.name) for trial in TRIALS} - set(ASKED)
    assert not untried
