"""The conditions of an auction as they are published and hashed: plain JSON."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from app.core.keys import EXCHANGE_KEYS_WRONG, Keys
from app.pricing.auction.bidding.rules import Band, Conditions
from app.pricing.auction.kinds import AuctionForm
from app.pricing.auction.proof import log

SEALING_KEY_ID = "sealing_key_id"
"""Published with the conditions: the name of the key with which the auction's secrets are sealed."""


def published_conditions(conditions: Conditions) -> dict[str, Any]:
    """Conditions as JSON; what the form does not have is null."""

    def time(value: datetime | None) -> str | None:
        return None if value is None else log.moment(value)

    def seconds(span: timedelta | None) -> int | None:
        return None if span is None else int(span.total_seconds())

    floor = conditions.price_floor
    return {
        "form": conditions.form.value,
        "starting_price": log.money(conditions.starting_price),
        "ladder": [{"from_price": log.money(b.from_price), "step": log.money(b.step)} for b in conditions.ladder],
        "starts_at": time(conditions.starts_at),
        "free_until": time(conditions.free_until),
        "window_seconds": seconds(conditions.window),
        "hard_end": time(conditions.hard_end),
        "step_every_seconds": seconds(conditions.step_every),
        "price_floor": None if floor is None else log.money(floor),
    }


def require_sealing_key(published: Mapping[str, Any], held: Keys) -> None:
    """What is secret in an auction is sealed with one key: a process that holds another one must not take part.

    It would take sealed bids that nobody can open. Raises `exchange_keys_wrong`.
    """
    if published.get(SEALING_KEY_ID, held.sealing_key_id) != held.sealing_key_id:
        raise EXCHANGE_KEYS_WRONG()


def conditions_of(published: Mapping[str, Any]) -> Conditions:
    """The conditions that `published_conditions` wrote; raises `ValueError`, `KeyError` or `TypeError` for others.

    Up to release 0.1 the floor was written as `floor_price`; those logs are read for good.
    """

    def seconds(name: str) -> timedelta | None:
        return None if published[name] is None else timedelta(seconds=published[name])

    hard_end, floor = published["hard_end"], published.get("price_floor", published.get("floor_price"))
    return Conditions(
        form=AuctionForm(published["form"]),
        starting_price=log.read_money(published["starting_price"]),
        ladder=tuple(_band(band) for band in published["ladder"]),
        starts_at=log.read_moment(published["starts_at"]),
        free_until=log.read_moment(published["free_until"]),
        window=seconds("window_seconds"),
        hard_end=None if hard_end is None else log.read_moment(hard_end),
        step_every=seconds("step_every_seconds"),
        price_floor=None if floor is None else log.read_money(floor),
    )


def _band(band: Mapping[str, Any]) -> Band:
    from_price: Decimal = log.read_money(band["from_price"])
    return Band(from_price, log.read_money(band["step"]))
