"""Pure decisions about how long an offer (要约) stands, the same in every pricing mode."""

from datetime import datetime, timedelta

from app.pricing.offers.problems import EXPIRY_PAST, EXPIRY_TOO_FAR


def check_expiry(expires_at: datetime, now: datetime, max_days: int) -> None:
    """An offer stands for some time, and not without end; raises `offer_expiry_past` or `offer_expiry_too_far`."""
    if expires_at <= now:
        raise EXPIRY_PAST(field="expires_at", expires_at=expires_at.isoformat(), server_time=now.isoformat())
    latest = now + timedelta(days=max_days)
    if expires_at > latest:
        raise EXPIRY_TOO_FAR(
            field="expires_at", expires_at=expires_at.isoformat(), days=max_days, latest=latest.isoformat()
        )
