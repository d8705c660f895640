"""What contracts do without a request: when a deadline falls due, and when others announce or ask."""

from typing import Final

from app.contracts import queries
from app.core.access import Role
from app.core.hooks import Link, provides
from app.market.deals.hooks import CASES
from app.office.documents.access import READERS

LINKS: Final[tuple[Link, ...]] = (
    provides(READERS, "contract", queries.access_to_documents),
    provides(CASES, Role.BROKER_IN_PERSON, queries.deals_of_broker),
)
