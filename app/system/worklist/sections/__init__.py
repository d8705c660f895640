"""Every kind of matter, in the order of the story: a row each. A place in it is part of cursors, so new rows end it."""

from typing import Final

from app.system.worklist.section import Section
from app.system.worklist.sections.catalogue import queries as catalogue
from app.system.worklist.sections.contracts import queries as contracts
from app.system.worklist.sections.market import queries as market
from app.system.worklist.sections.money import queries as money
from app.system.worklist.sections.pricing import queries as pricing
from app.system.worklist.sections.staff import queries as staff

SECTIONS: Final[tuple[Section, ...]] = (
    *catalogue.SECTIONS,
    *market.SECTIONS,
    *pricing.SECTIONS,
    *contracts.SECTIONS,
    *money.SECTIONS,
    *staff.SECTIONS,
)
