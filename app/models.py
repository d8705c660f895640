"""Every table of the system, gathered for migrations and for the test that compares them."""

from app.appraisals import models as appraisals
from app.awards import models as awards
from app.certificates import models as certificates
from app.contracts import models as contracts
from app.core import audit, calendar, clock, deadlines, events, idempotency, ids
from app.core.database import Base
from app.deals import models as deals
from app.documents import models as documents
from app.dossiers import models as dossiers
from app.gates import models as gates
from app.identity import models as identity
from app.ledger import models as ledger
from app.listings import models as listings
from app.periods import models as periods
from app.pricing.appraised import models as appraised
from app.pricing.auction import models as auctions
from app.pricing.listed import models as listed
from app.pricing.negotiated import models as negotiated
from app.results import models as results
from app.settlement import models as settlement

metadata = Base.metadata

__all__ = [
    "appraisals",
    "appraised",
    "auctions",
    "audit",
    "awards",
    "calendar",
    "certificates",
    "clock",
    "contracts",
    "deadlines",
    "deals",
    "documents",
    "dossiers",
    "events",
    "gates",
    "idempotency",
    "identity",
    "ids",
    "ledger",
    "listed",
    "listings",
    "metadata",
    "negotiated",
    "periods",
    "results",
    "settlement",
]
