"""Every table of the system, gathered for migrations and for the test that compares them."""

from app.awards.runs import models as awards
from app.catalogue.appraisals import models as appraisals
from app.catalogue.results import models as results
from app.contracts import models as contracts
from app.contracts.certificates import models as certificates
from app.contracts.settlement import models as settlement
from app.core import clock, deadlines, ids
from app.core.database import Base
from app.core.history import audit, events
from app.core.web import idempotency
from app.dossiers import models as dossiers
from app.identity import models as identity
from app.law.calendar import models as calendar
from app.law.periods import models as periods
from app.market.deals import models as deals
from app.market.gates import models as gates
from app.market.listings import models as listings
from app.office.documents import models as documents
from app.office.ledger import models as ledger
from app.pricing.appraised import models as appraised
from app.pricing.auction import models as auctions
from app.pricing.listed import models as listed
from app.pricing.negotiated import models as negotiated

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
