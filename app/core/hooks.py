"""How packages tell and ask packages that they may not import.

A package **announces** an event on a `Hook`, others **follow** it. Where exactly one package must answer for a key (who
reads a listing's documents, what runs at a deadline of a kind), it **provides** for that key of a `Port`.
`app/wiring.py` connects all of it when a process starts, in the order of its rows; `techex hooks` prints the result.

Everything runs in the caller's transaction, under the caller's locks, and undoes the whole where it raises.
"""

from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
_HOOKS: "dict[str, Hook[...]]" = {}
_PORTS: "dict[str, Port[Any, Any]]" = {}
_wired = False


class Hook(Generic[P]):
    """An event that others follow, such as `deal.contracted`; the names of hooks are unique."""

    def __init__(self, name: str) -> None:
        if name in _HOOKS:
            raise ValueError(f"there is a hook {name} already")
        self.name = name
        self.followers: list[Callable[P, Awaitable[None]]] = []
        _HOOKS[name] = self

    def follow(self, follower: Callable[P, Awaitable[None]]) -> None:
        """Run `follower` at each announcement, after those that follow already."""
        if follower in self.followers:
            raise ValueError(f"{follower.__qualname__} follows {self.name} already")
        self.followers.append(follower)

    async def announce(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Run every follower, one after another. Raises what a follower raises, and `NotWiredError`."""
        check_wired()
        for follower in self.followers:
            await follower(*args, **kwargs)


class Port(Generic[K, T]):
    """Answers by key, each provided by one package; the names of ports are unique."""

    def __init__(self, name: str) -> None:
        if name in _PORTS:
            raise ValueError(f"there is a port {name} already")
        self.name = name
        self.providers: dict[K, T] = {}
        _PORTS[name] = self

    def provide(self, key: K, provider: T) -> None:
        """Answer for `key`, once."""
        if key in self.providers:
            raise ValueError(f"{self.name}: {key} has a provider already")
        self.providers[key] = provider

    def find(self, key: K) -> T | None:
        """What was provided for the key, or None. Raises `NotWiredError`."""
        check_wired()
        return self.providers.get(key)

    def of(self, key: K) -> T:
        """What was provided for the key. Raises `KeyError` where nobody provides, and `NotWiredError`."""
        found = self.find(key)
        if found is None:
            raise KeyError(f"{self.name}: nobody provides for {key}")
        return found


@dataclass(frozen=True, slots=True)
class Link:
    """One row of a package's `LINKS`: a hook and its follower, or a port with a key and its provider."""

    connect: Callable[[], None]


def follows(hook: Hook[P], follower: Callable[P, Awaitable[None]]) -> Link:
    """The package runs `follower` whenever the hook is announced."""
    return Link(lambda: hook.follow(follower))


def provides(port: Port[K, T], key: K, provider: T) -> Link:
    """The package answers for a key of a port."""
    return Link(lambda: port.provide(key, provider))


class NotWiredError(RuntimeError):
    """A process announced or asked before `wiring.connect` had run, so no follower was connected."""


def check_wired() -> None:
    """Raises `NotWiredError` before `finish_wiring`."""
    if not _wired:
        raise NotWiredError("call app.wiring.connect() before the process begins to work")


def finish_wiring() -> None:
    """Every follower and provider is connected; announcements may begin."""
    global _wired  # noqa: PLW0603 — a process is wired once
    _wired = True


def hooks() -> Mapping[str, Hook[...]]:
    """Every hook by its name."""
    return dict(sorted(_HOOKS.items()))


def ports() -> Mapping[str, Port[Any, Any]]:
    """Every port by its name."""
    return dict(sorted(_PORTS.items()))
