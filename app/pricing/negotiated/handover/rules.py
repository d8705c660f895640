"""Pure decisions about hand-overs: which listing a response leads to."""

from collections.abc import Collection
from uuid import UUID

from app.pricing.negotiated.handover.problems import LISTING_NOT_OFFERED


def check_listing(
    number: str,
    result_id: UUID,
    seller_id: UUID,
    agency_id: UUID | None,
    *,
    response: str,
    responders: Collection[UUID],
    offered: Collection[UUID],
) -> None:
    """The listing offers a result of the response, by its responder, or the responder is the listing's agency.

    `responders`: the responder, and who stands for it since a merger.

    Raises `listing_not_offered`.
    """
    by_responder = seller_id in responders and result_id in offered
    if not by_responder and agency_id not in responders:
        raise LISTING_NOT_OFFERED(field="listing_id", number=number, response=response)
