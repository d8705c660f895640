"""What a draft must satisfy to be published, and the sealing of what was published."""

import json
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.catalogue.demands import queries, rules
from app.catalogue.demands.challenges import rules as challenge_rules
from app.catalogue.demands.challenges.problems import TERMS_MISPLACED
from app.catalogue.demands.kinds import DemandKind
from app.catalogue.demands.models import Demand, DemandVersion
from app.catalogue.demands.schemas import Demander, DemandForm, PublishedDemand, PublishedDemandCard
from app.core.canonical import canonical_json, sha256_hex
from app.core.database import Session
from app.core.problems import NOT_VERIFIED
from app.identity import queries as identity
from app.identity.kinds import Verification
from app.identity.models import Organisation
from app.law.figures import parameter
from app.law.periods.rules import add_months

MAX_MONTHS = "demand_max_months"


async def check_form(session: Session, demand: Demand, today: date) -> tuple[DemandForm, Organisation]:
    """Everything that a publication asks for. Raises `organisation_not_verified`, and what `check_draft` raises."""
    form = DemandForm.model_validate(demand.form)
    check_draft(demand.kind, form, today)
    demander = (await identity.organisations_by_id(session, [demand.demander_id]))[demand.demander_id]
    if demander.verification != Verification.VERIFIED:
        raise NOT_VERIFIED(name=demander.name, verification=demander.verification)
    return form, demander


def check_draft(kind: DemandKind, form: DemandForm, today: date) -> None:
    """What holds of a draft at once.

    Raises `scenario_area_misplaced`, `challenge_terms_misplaced` and what `check_terms` of a challenge raises, and
    `validity_out_of_range`.
    """
    rules.check_area(kind, form.scenario_area)
    terms = form.challenge
    if (kind == DemandKind.CHALLENGE) != (terms is not None):
        raise TERMS_MISPLACED(field="challenge")
    if terms is not None:
        challenge_rules.check_terms(
            bounty=form.budget,
            name_hidden=form.name_hidden,
            solvable_alone=terms.solvable_alone,
            points=[criterion.points for criterion in terms.criteria],
            valid_to=form.valid_to,
            complete_by=terms.complete_by,
        )
    months = int(parameter(MAX_MONTHS, on=today).value)
    rules.check_validity(form.valid_to, today, add_months(today, months))


async def seal(
    session: Session, demand: Demand, form: DemandForm, demander: Organisation, checked_by: UUID, now: datetime
) -> list[str]:
    """Store the next version and what the filters read; answers which members differ from the version before."""
    before = await queries.get_version(session, demand.id, demand.version)
    demand.version += 1
    shown: dict[str, Any] = form.model_dump(exclude={"name_hidden"}) | {
        "id": demand.id,
        "number": demand.number,
        "version": demand.version,
        "kind": demand.kind,
        "demander": None if form.name_hidden else Demander.model_validate(demander),
    }
    city = _city_of(demander, session.city.day_of(now))
    content = canonical_json(PublishedDemand(**shown, demander_kind=demander.kind, demander_city=city))
    card = canonical_json(PublishedDemandCard.model_validate(shown))
    assert demand.first_checked_by is not None  # by the first check
    session.add(
        DemandVersion(
            demand_id=demand.id,
            version=demand.version,
            content=content.decode(),
            card=card.decode(),
            sha256=sha256_hex(content),
            published_at=now,
            first_checked_by=demand.first_checked_by,
            second_checked_by=checked_by,
        )
    )
    for name in ("technical_field", "industry_code", "solutions", "budget", "name_hidden", "valid_to"):
        setattr(demand, name, getattr(form, name))
    return rules.changed_fields(json.loads(before.content) if before else None, json.loads(content))


def _city_of(organisation: Organisation, on: date) -> str:
    """The prefecture of a day, as a division code; a district says too much of who hides its name."""
    known = [part for part in organisation.divisions if part.valid_from <= on] or list(organisation.divisions)
    return max(known, key=lambda part: part.valid_from).division_code[:4] + "00"
