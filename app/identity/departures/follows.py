"""What departures do without a request: the last day ends."""

from typing import Final

from app.core import deadlines
from app.core.hooks import Link, provides
from app.identity.departures import service

LINKS: Final[tuple[Link, ...]] = (provides(deadlines.HANDLERS, service.DUE, service.when_due),)
