"""The table of packages: one row a package, in the order of the story.

A row names the parts of a package that a process needs: its tables, its work without a request (`follows`: hooks,
deadlines, ports), and its router. The parts are named and not imported, so each process loads only what it uses: the
worker serves no routes. `techex hooks` prints who follows what.
"""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.core import hooks

if TYPE_CHECKING:
    from sqlalchemy import MetaData

    from app.core.hooks import Link
    from app.core.web.routing import Router

APP: Final = Path(__file__).parent
TABLES, FOLLOWS, ROUTES = "tables", "follows", "routes"


@dataclass(frozen=True, slots=True)
class Package:
    """A package, below `app`, and which parts it has: tables in `models`, links in `follows`, `router` in `routes`."""

    name: str
    parts: tuple[str, ...]


def _row(name: str, *parts: str) -> Package:
    return Package(name, parts)


PACKAGES: Final = (
    _row("law.calendar", TABLES),
    _row("law.periods", TABLES, FOLLOWS, ROUTES),
    _row("law.declarations", ROUTES),
    _row("identity", TABLES, ROUTES),
    _row("identity.keys", ROUTES),
    _row("identity.invitations", ROUTES),
    _row("identity.appointments", ROUTES),
    _row("identity.qualities", ROUTES),
    _row("identity.names", ROUTES),
    _row("identity.duplicates", TABLES, ROUTES),
    _row("identity.mergers", TABLES, FOLLOWS, ROUTES),
    _row("identity.corrections", TABLES, ROUTES),
    _row("identity.departures", FOLLOWS, ROUTES),
    _row("office.documents", TABLES, ROUTES),
    _row("office.ledger", TABLES, ROUTES),
    _row("office.ledger.instructions", ROUTES),
    _row("office.ledger.deposits", FOLLOWS, ROUTES),
    _row("office.ledger.bank", ROUTES),
    _row("catalogue.rights", TABLES, ROUTES),
    _row("catalogue.results", TABLES, ROUTES),
    _row("catalogue.appraisals", TABLES, FOLLOWS, ROUTES),
    _row("catalogue.demands", TABLES, FOLLOWS, ROUTES),
    _row("catalogue.demands.responses", TABLES, ROUTES),
    _row("catalogue.demands.challenges", TABLES, FOLLOWS, ROUTES),
    _row("market.listings", TABLES, FOLLOWS, ROUTES),
    _row("market.gates", TABLES, FOLLOWS, ROUTES),
    _row("market.deals", TABLES, FOLLOWS, ROUTES),
    _row("market.dormant", TABLES, FOLLOWS, ROUTES),
    _row("pricing.first_come", FOLLOWS, ROUTES),
    _row("pricing.listed", TABLES, FOLLOWS, ROUTES),
    _row("pricing.negotiated", TABLES, FOLLOWS, ROUTES),
    _row("pricing.negotiated.notice", ROUTES),
    _row("pricing.negotiated.handover", TABLES, FOLLOWS, ROUTES),
    _row("pricing.appraised", TABLES, FOLLOWS, ROUTES),
    _row("pricing.auction", TABLES, FOLLOWS, ROUTES),
    _row("pricing.auction.voiding", ROUTES),
    _row("pricing.auction.live", ROUTES),
    _row("contracts", TABLES, FOLLOWS, ROUTES),
    _row("contracts.drafting", ROUTES),
    _row("contracts.registration", FOLLOWS, ROUTES),
    _row("contracts.payments", ROUTES),
    _row("contracts.settlement", TABLES, FOLLOWS, ROUTES),
    _row("contracts.certificates", TABLES, FOLLOWS, ROUTES),
    _row("awards.runs", TABLES, ROUTES),
    _row("finding", TABLES, ROUTES),
    _row("finding.matching", TABLES, ROUTES),
    _row("finding.saved", TABLES, FOLLOWS, ROUTES),
    _row("finding.chains", TABLES, FOLLOWS, ROUTES),
    _row("dossiers", TABLES, ROUTES),
    _row("system", ROUTES),
    _row("system.anchors", FOLLOWS),
    _row("system.incidents", ROUTES),
    _row("system.worklist", ROUTES),
)
# The tables of the core, each next to what writes it.
_CORE_TABLES: Final = (
    "clock",
    "deadlines",
    "history.audit",
    "history.events",
    "ids",
    "web.idempotency",
)
_READ_MOST: Final = frozenset({"market.listings", "pricing.auction", "identity"})
_connected = False


def tables() -> "MetaData":
    """Every table of the system, loaded: for migrations, and for mappers that refer to each other."""
    for module in _CORE_TABLES:
        import_module(f"app.core.{module}")
    for package in PACKAGES:
        if TABLES in package.parts:
            import_module(f"app.{package.name}.models")
    metadata: MetaData = import_module("app.core.database").Base.metadata
    return metadata


def connect() -> None:
    """Load every table and connect every link, in the order of the rows; a second call does nothing."""
    global _connected  # noqa: PLW0603 — a process is wired once
    if _connected:
        return
    _connected = True
    tables()
    for package in PACKAGES:
        for link in links_of(package):
            link.connect()
    hooks.finish_wiring()


def links_of(package: Package) -> "tuple[Link, ...]":
    """What a package follows and provides."""
    if FOLLOWS not in package.parts:
        return ()
    links: tuple[Link, ...] = import_module(f"app.{package.name}.follows").LINKS
    return links


def routers() -> "list[Router]":
    """Every router under `/v1`. A request is compared with one route after the other: what is read most comes first."""
    named = [package.name for package in PACKAGES if ROUTES in package.parts]
    named.sort(key=lambda name: name not in _READ_MOST)
    return [import_module(f"app.{name}.routes").router for name in named]


def overview() -> list[str]:
    """Who follows what, in order, and who provides for which key: what `techex hooks` prints."""
    connect()
    lines = ["Hooks: what is announced, and who follows, in this order."]
    for hook in hooks.hooks().values():
        lines += ["", hook.name, *(f"  {_place(follower)}" for follower in hook.followers)]
    lines += ["", "Ports: what is asked by key, and who provides."]
    for port in hooks.ports().values():
        lines += ["", port.name, *(f"  {_key(key)}: {_place(port.providers[key])}" for key in port.providers)]
    return lines


def _key(key: object) -> str:
    return ", ".join(str(part) for part in key if part is not None) if isinstance(key, tuple) else str(key)


def _place(provider: object) -> str:
    """`pricing.listed.follows.when_deal_ends_end_sale`: where one reads it."""
    provider = getattr(provider, "settled", provider)  # the subject of gates is three functions of one file
    named = provider if hasattr(provider, "__qualname__") else type(provider)
    return f"{named.__module__.removeprefix('app.')}.{named.__qualname__}"
