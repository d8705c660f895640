"""What mergers do without a request: their day begins."""

from typing import Final

from app.core import deadlines
from app.core.hooks import Link, provides
from app.identity.mergers import service

LINKS: Final[tuple[Link, ...]] = (provides(deadlines.HANDLERS, service.DUE, service.when_due),)
