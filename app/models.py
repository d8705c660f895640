"""Every table of the system, gathered for migrations and for the test that compares them."""

from app.awards import models as awards
from app.contracts import models as contracts
from app.core import audit, calendar, clock, deadlines, events, idempotency, ids
from app.core.database import Base
from app.deals import models as deals
from app.documents import models as documents
from app.gates import models as gates
from app.identity import models as identity
from app.listings import models as listings
from app.pricing.negotiated import models as negotiated
from app.results import models as results

metadata = Base.metadata

__all__ = [
    "audit",
    "awards",
    "calendar",
    "clock",
    "contracts",
    "deadlines",
    "deals",
    "documents",
    "events",
    "gates",
    "idempotency",
    "identity",
    "ids",
    "listings",
    "metadata",
    "negotiated",
    "results",
]
