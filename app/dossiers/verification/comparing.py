"""What a price may be compared with: deals whose price everybody can read."""

from app.core.database import Session
from app.core.schemas import Bilingual
from app.core.settings import City
from app.dossiers import rules, schemas
from app.dossiers.rules import Comparable
from app.law.figures import parameter
from app.market.deals import queries as deals
from app.market.deals.kinds import PriceSource
from app.market.deals.models import Deal

MOST = "dossier_comparables"


async def compare(session: Session, deal: Deal) -> schemas.ComparablesOut:
    """The published deals nearest to a deal in time, and by what they were chosen. The same for every reader."""
    most = int(parameter(MOST, on=session.city.day_of(deal.agreed_at)).value)
    rows = {row.id: row for row in await deals.comparable_deals(session, deal, most)}
    chosen = rules.comparables(_facts(deal), [_facts(row) for row in rows.values()], most)
    return schemas.ComparablesOut(
        chosen_by=_chosen_by(deal, most),
        deals=[_shown(session.city, rows[found.id], deal) for found in chosen],
    )


def _facts(deal: Deal) -> Comparable:
    return Comparable(
        id=deal.id,
        technical_field=deal.technical_field,
        transfer_mode=deal.transfer_mode,
        price=deal.price,
        price_basis=deal.price_basis,
        agreed_at=deal.agreed_at,
        status=deal.status,
        related=deal.related_party is not None,
        public_at=deal.price_public_at,
    )


def _shown(city: City, row: Deal, deal: Deal) -> schemas.ComparableOut:
    assert row.price_public_at is not None
    assert row.price_source is not None
    assert row.price_reference is not None
    # The public knows a negotiated deal by its notice, not by the number that its parties see.
    return schemas.ComparableOut(
        number=row.price_reference if row.price_source == PriceSource.NOTICE else row.number,
        agreed_on=city.day_of(row.agreed_at),
        pricing_mode=row.pricing_mode,
        transfer_mode=row.transfer_mode,
        price=row.price,
        price_basis=row.price_basis,
        source=row.price_source,
        reference=row.price_reference,
        public_before=row.price_public_at <= deal.agreed_at,
    )


def _chosen_by(deal: Deal, most: int) -> Bilingual:
    if deal.technical_field is None:
        return Bilingual(en="None: the deal has no technical field on record.", zh="无:该成交未记录技术领域。")
    return Bilingual(
        en=f"Technical field {deal.technical_field}, transfer mode {deal.transfer_mode}; in force, with a price that "
        f"is public and certain, between parties that are not related; the {most} nearest in time of agreement.",
        zh=f"技术领域 {deal.technical_field}、转化方式 {deal.transfer_mode};有效成交,价款公开且确定,"
        f"双方非关联;按达成时间最近取至多 {most} 项。",
    )
