"""What contracts do without a request: when a deadline falls due, and when others announce or ask."""

from typing import Final

from app.contracts import hooks, queries
from app.contracts.grants import when_contract_ends_give_back
from app.core.access import Role
from app.core.hooks import Link, follows, provides
from app.market.deals.hooks import CASES
from app.office.documents.access import READERS

LINKS: Final[tuple[Link, ...]] = (
    follows(hooks.ended, when_contract_ends_give_back),
    provides(READERS, "contract", queries.access_to_documents),
    provides(CASES, Role.BROKER_IN_PERSON, queries.deals_of_broker),
)
