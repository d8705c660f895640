"""What deals announce and ask. Announced is `(session, deal, now)`: deal and listing are locked, in this order.

Only deals made on the exchange are announced. A follower decides by the deal's facts whether it is concerned.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select

from app.core.access import Role
from app.core.database import Session
from app.core.hooks import Hook, Port
from app.market.deals.models import Deal

contracted: Final[Hook[[Session, Deal, datetime]]] = Hook("deal.contracted")
"""The contract of a deal is signed."""
ended: Final[Hook[[Session, Deal, datetime]]] = Hook("deal.ended")
"""A deal was cancelled or expired; its listing is free again."""
CASES: Final[Port[Role, Callable[[UUID], Select[UUID]]]] = Port("deals.cases")
"""Of a role that acts for no organisation: the ids of the deals in which a person served."""
