"""What deals announce: `(session, deal, now)`, with the deal and its listing locked, in this order.

Only deals made on the exchange are announced. A follower decides by the deal's facts whether it is concerned.
"""

from datetime import datetime
from typing import Final

from app.core.database import Session
from app.core.hooks import Hook
from app.market.deals.models import Deal

contracted: Final[Hook[[Session, Deal, datetime]]] = Hook("deal.contracted")
"""The contract of a deal is signed."""
ended: Final[Hook[[Session, Deal, datetime]]] = Hook("deal.ended")
"""A deal was cancelled or expired; its listing is free again."""
