"""What its bidder can show of a bid that was not taken: amount, code, what would have passed, and the moment.

Such a bid has no place in the log, so no receipt covers it. The exchange signs the refusal by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.core.problems import Problem
from app.pricing.auction.bidding.forms import RULES
from app.pricing.auction.bidding.rules import Conditions, State
from app.pricing.auction.kinds import AuctionStatus
from app.pricing.auction.proof import log


@dataclass(frozen=True, slots=True)
class Refused:
    """A bid of a known sender that was not taken: why, and what the exchange signs of it."""

    problem: Problem
    statement: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Threshold:
    """Where an auction stood when it refused a bid. `conditions` are moved by its suspensions."""

    auction_id: UUID
    status: AuctionStatus
    conditions: Conditions
    state: State
    now: datetime

    @property
    def minimum(self) -> Decimal | None:
        """The smallest bid (CNY) that passes now from somebody who does not lead; None where no bid is taken."""
        taken = self.conditions.starts_at <= self.now < self.state.ends_at
        if self.status != AuctionStatus.ANNOUNCED or not taken:
            return None
        return RULES[self.conditions.form].minimum(self.conditions, self.state, self.now)

    def refused(
        self, problem: Problem, organisation_id: UUID | None, request_hash: bytes, amount: Decimal | None
    ) -> Refused:
        """The refusal with its statement; `amount` (CNY) None where none could be read."""
        least = self.minimum
        statement = {
            "auction_id": str(self.auction_id),
            "organisation_id": None if organisation_id is None else str(organisation_id),
            "request_sha256": request_hash.hex(),
            "amount": None if amount is None else log.money(amount),
            "code": problem.kind.code,
            "minimum": None if least is None else log.money(least),
            "status": self.status.value,
            "starts_at": log.moment(self.conditions.starts_at),
            "ends_at": log.moment(self.state.ends_at),
            "at": log.moment(self.now),
        }
        return Refused(problem, statement)
