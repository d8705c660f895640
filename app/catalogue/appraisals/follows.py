"""What appraisals do without a request: when a deadline falls due, and when others announce or ask."""

from typing import Final

from app.catalogue.appraisals import queries
from app.catalogue.appraisals.service import SUBJECT
from app.core.hooks import Link, provides
from app.office.documents.access import READERS

LINKS: Final[tuple[Link, ...]] = (provides(READERS, SUBJECT, queries.access_to_documents),)
