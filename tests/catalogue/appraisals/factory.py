"""Appraisal reports for tests, recorded and reviewed through the API."""

from typing import Any

from app.identity.kinds import OrganisationKind
from tests.catalogue.results.factory import recorded_result
from tests.market.listings.factory import today
from tests.office.documents.factory import PDF, uploaded
from tests.support.world import Party, World

Json = dict[str, Any]


async def appraiser_of(world: World, **kwargs: Any) -> Party:
    """An appraiser organisation (评估机构) with a key."""
    return await world.party(OrganisationKind.APPRAISER, **kwargs)


async def report_body(world: World, recorder: Party, result: Json, appraiser: Party, **overrides: Any) -> Json:
    """A report of today on a result, worth 1 000 000."""
    number = overrides.get("number", "示例评报字(2026)第 1 号")
    document = await uploaded(world, recorder, content=PDF + number.encode())
    return {
        "number": number,
        "result_id": result["id"],
        "appraiser_id": str(appraiser.id),
        "base_date": (await today(world)).isoformat(),
        "method": "income",
        "value": "1000000.00",
        "document_id": document["id"],
    } | overrides


async def submitted_report(world: World, keeper: Party, appraiser: Party | None = None, **overrides: Any) -> Json:
    """A report that waits for the operator, recorded by its appraiser on a fresh result of the keeper's."""
    appraiser = appraiser or await appraiser_of(world)
    result = {"id": overrides["result_id"]} if "result_id" in overrides else await recorded_result(world, keeper)
    body = await report_body(world, appraiser, result, appraiser, **overrides)
    made: Json = await world.api.ok("POST", "/v1/appraisal-reports", appraiser, json=body)
    return made


async def accepted_report(world: World, keeper: Party, appraiser: Party | None = None, **overrides: Any) -> Json:
    """A report that a price may rest on."""
    report = await submitted_report(world, keeper, appraiser, **overrides)
    path = f"/v1/appraisal-reports/{report['id']}/review"
    made: Json = await world.api.ok("POST", path, world.operator, json={"decision": "accepted"})
    return made


async def reapproved(world: World, report: Json, keeper: Party, lowest_price: str, **overrides: Any) -> Json:
    """The report after its keeper recorded a re-approval of today."""
    body = await reapproval_body(world, keeper, lowest_price, **overrides)
    made: Json = await world.api.ok("POST", f"/v1/appraisal-reports/{report['id']}/reapprovals", keeper, json=body)
    return made


async def reapproval_body(world: World, recorder: Party, lowest_price: str, **overrides: Any) -> Json:
    document = await uploaded(world, recorder, content=PDF + lowest_price.encode())
    return {
        "approved_by": "示例主管部门",
        "approved_on": (await today(world)).isoformat(),
        "lowest_price": lowest_price,
        "document_id": document["id"],
    } | overrides
