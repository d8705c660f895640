"""An engine that steps in for another: searches go to the second while the first is down or late."""

import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from search.engine import Engine, EngineDown

T = TypeVar("T")
AGAIN_SECONDS: Final = 2.0
"""How long the first engine is left alone after it failed."""
LOOK_SECONDS: Final = 0.3
"""How often it is asked whether the first engine is late."""
LEFT_SECONDS: Final = 5.0
"""How long the first engine is left alone after it was late: pages of a search should come from one engine."""
Late = Callable[[], Awaitable[bool]]


class Standby:
    """Asks `first` (None: there is only one), and `second` where that is down, or `late` says that it lags behind."""

    def __init__(self, first: Engine | None, second: Engine, late: Late) -> None:
        self.first = first
        self.second = second
        self._late = late
        self._is_late = True
        self._look_at = 0.0
        self._down_until = 0.0

    async def ask(self, question: Callable[[Engine], Awaitable[T]]) -> tuple[T, Engine]:
        """The answer, and who gave it. Raises `EngineDown` where neither can."""
        if self.first is not None and await self._ready():
            try:
                return await question(self.first), self.first
            except EngineDown:
                self._down_until = time.monotonic() + AGAIN_SECONDS
        return await question(self.second), self.second

    async def ask_second(self, question: Callable[[Engine], Awaitable[T]]) -> tuple[T, Engine]:
        """The same the other way round, for what the second does better: the first where the second is down."""
        try:
            return await question(self.second), self.second
        except EngineDown:
            if self.first is None:
                raise
            return await question(self.first), self.first

    async def _ready(self) -> bool:
        now = time.monotonic()
        if now < self._down_until:
            return False
        if now >= self._look_at:
            self._look_at = now + LOOK_SECONDS
            self._is_late = await self._late()
            if self._is_late:
                self._look_at = now + LEFT_SECONDS
        return not self._is_late

    async def close(self) -> None:
        """Close both."""
        for engine in (self.first, self.second):
            if engine is not None:
                await engine.close()
