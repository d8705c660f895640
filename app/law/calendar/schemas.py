"""The days that may be asked about."""

from datetime import date
from typing import Annotated

from pydantic import Field

from app.core.schemas import Day

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
CalendarDay = Annotated[Day, Field(ge=FIRST_DAY, le=LAST_DAY, description="From 2000-01-01 to 2099-12-31")]
