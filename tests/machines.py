"""How much the random machines do: a short form in `make test`, a long one in `make chaos` (`TECHEX_CHAOS=long`)."""

import os

from hypothesis import Phase, settings

LONG = os.environ.get("TECHEX_CHAOS") == "long"


def runs(*, short: tuple[int, int], long: tuple[int, int]) -> settings:
    """The settings of a machine: how many examples, and of how many steps each.

    A failure is made smaller in the long form alone: that takes minutes, and the short one gives its verdict at once.
    """
    if LONG:
        return settings(max_examples=long[0], stateful_step_count=long[1])
    return settings(max_examples=short[0], stateful_step_count=short[1], phases=[Phase.explicit, Phase.generate])
