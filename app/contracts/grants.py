"""What a signed contract grants in the rights that its deal sold, and what its end gives back.

A transfer and a licence grant; development, consulting and service grant nothing, on whatever deal.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from app.catalogue.rights import queries as rights
from app.catalogue.rights import service as right_service
from app.catalogue.rights.rules.exclusion import DISPOSALS, LICENCES, Granted
from app.catalogue.rights.service import Contracted
from app.contracts.kinds import ContractType
from app.contracts.models import Contract
from app.core.database import Session
from app.market.deals.kinds import PartyRole
from app.market.deals.models import Deal
from app.market.deals.queries import assets_of_deal
from app.market.listings import queries as listings
from app.market.listings.publication import lock_result

GRANTING: Final = frozenset({ContractType.TRANSFER, ContractType.LICENCE})
Titles = Mapping[UUID, str]


async def lock_rights(session: Session, contract: Contract, deal: Deal) -> Titles:
    """Lock the rights that a contract is about, before its deal; answers their titles.

    They are those that were sealed; of a deal recorded from elsewhere, or sealed by release 0.1, those of its result.
    """
    if contract.type not in GRANTING or deal.transfer_mode not in DISPOSALS:
        return {}
    sealed = {asset.asset_id: asset.title for asset in await assets_of_deal(session, deal.id)}
    if not sealed and deal.result_id is not None:
        result = await lock_result(session, deal.result_id)
        return {row.asset_id: row.title for row in result.ip_assets if row.asset_id is not None}
    await rights.lock_assets(session, sealed)
    return sealed


async def write(session: Session, contract: Contract, deal: Deal, titles: Titles, now: datetime) -> None:
    """Write what a contract that everybody has signed grants. Raises `grant_excluded` and `asset_not_free`."""
    if not titles:
        return
    listing = await listings.read_listing(session, deal.listing_id) if deal.listing_id is not None else None
    sides = {
        role: frozenset(party.organisation_id for party in contract.parties if party.role == role)
        for role in (PartyRole.SELLER, PartyRole.BUYER)
    }
    grant = Granted(
        mode=deal.transfer_mode,
        grantors=sides[PartyRole.SELLER],
        grantees=sides[PartyRole.BUYER],
        field_of_use=contract.field_of_use or (listing.field_of_use if listing is not None else None),
        territory=_territory(deal, listing.territory if listing is not None else None),
        first=contract.valid_from,
        last=contract.valid_to if deal.transfer_mode in LICENCES else None,
        deal_id=deal.id,
    )
    await right_service.grant(session, Contracted(contract.id, grant, contract.sublicensing), titles, now)


def _territory(deal: Deal, listed: str | None) -> str | None:
    """The countries that were agreed on; where nothing was, what was listed. Null is the world."""
    agreed = (deal.terms or {}).get("territory")
    if agreed is None:
        return listed
    return "、".join(agreed["countries"]) or None


async def when_contract_ends_give_back(session: Session, contract: Contract, now: datetime) -> None:
    """Its registration was cancelled, and it with that."""
    await right_service.give_back(session, contract.id, now)
