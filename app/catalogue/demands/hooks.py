"""What demands announce: `(session, demand)`, with the demand locked."""

from typing import Final

from app.catalogue.demands.models import Demand
from app.core.database import Session
from app.core.hooks import Hook

published: Final[Hook[[Session, Demand]]] = Hook("demand.published")
"""A version of a demand was published."""
expired: Final[Hook[[Session, Demand]]] = Hook("demand.expired")
"""The last day of a demand has passed."""
ended: Final[Hook[[Session, Demand]]] = Hook("demand.ended")
"""A demand is met, closed or removed."""
