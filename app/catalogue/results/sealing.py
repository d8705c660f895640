"""The rights of a result as they are sealed with a listing: what is stated, and what is on record that day."""

from datetime import date

from app.catalogue.results.kinds import TransferMode
from app.catalogue.results.listability import ListingFacts
from app.catalogue.results.models import Result
from app.catalogue.rights.rules.exclusion import LICENCES, subject_to
from app.catalogue.rights.rules.standing import standing
from app.catalogue.rights.schemas import RecordedLicence, SealedAsset
from app.catalogue.rights.views import pledged_since


def sealed_assets(result: Result, facts: ListingFacts, mode: TransferMode, day: date) -> list[SealedAsset]:
    """Each right that is sold, by the facts on which the publication was decided."""
    sealed = []
    for row, known in zip(result.ip_assets, facts.assets, strict=True):
        assert row.asset_id is not None  # linked before the publication was decided
        stands = standing(known.events, row.expires_on, day)
        licences = [grant for grant in known.grants if grant.mode in LICENCES]
        sealed.append(
            SealedAsset(
                asset_id=row.asset_id, type=row.type, title=row.title, application_number=row.application_number,
                grant_number=row.grant_number, holders=[owner.name for owner in facts.owners],
                filed_on=row.filed_on, granted_on=row.granted_on, expires_on=row.expires_on,
                status=stands.status, checked_on=stands.checked_on, pledged_since=pledged_since(stands.pledges),
                licences=[
                    RecordedLicence(
                        mode=grant.mode, field_of_use=grant.field_of_use, territory=grant.territory,
                        valid_from=grant.first, valid_to=grant.last,
                    )
                    for grant in licences
                ],
                subject_to_licences=bool(subject_to(facts.wanted(mode, day), known.grants)),
            )
        )  # fmt: skip
    return sealed
