"""One of each thing, and a well-formed call of each operation on it, for the access matrix."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.identity.kinds import Verification
from tests.catalogue.appraisals.factory import (
    accepted_report,
    appraiser_of,
    reapproval_body,
    report_body,
    submitted_report,
)
from tests.catalogue.results.factory import recorded_result, result_body
from tests.contracts.factory import (
    agency_part,
    drafted_contract,
    payment_body,
    recorded_payment,
    registered_contract,
    registration_step,
    signed_contract,
    whole,
)
from tests.contracts.settlement.factory import all_paid, contracted, issued, signed
from tests.dossiers.factory import exported
from tests.identity.test_mergers import key_for, merged_into
from tests.market.deals.factory import agreed_deal, recorded_body
from tests.market.dormant import factory as dormant
from tests.market.listings.factory import draft_listing, listing_body, published_listing, submitted_listing, today
from tests.office.documents.factory import PDF, uploaded
from tests.office.ledger.factory import confirmation_body, confirmed, held_deposit, releasing
from tests.search.chains import factory as chains
from tests.search.saved.factory import saved, saved_body
from tests.support.access import asking, people, pricing
from tests.support.access.calls import Call
from tests.support.world import Party, World

Json = dict[str, Any]


@dataclass
class Scene:
    """The callers by column, and the calls by operation."""

    callers: dict[str, Party | None]
    calls: dict[str, Call]
    pending: Party
    """An admin of an organisation that is not verified."""
    merged: Party
    """An admin of the heir of a merged organisation, with a key for that one."""


async def build(world: World) -> Scene:
    """Build the scene: a seller with everything of its own, its buyer, its agency, and a stranger."""
    seller = await world.institution()
    buyer = await world.enterprise()
    agency = await world.agency()
    broker = await world.broker(agency)
    stranger = await world.enterprise()
    callers: dict[str, Party | None] = {
        "anonymous": None,
        "seller_admin": seller,
        "seller_member": await world.colleague(seller),
        "buyer": buyer,
        "agency": agency,
        "broker": broker,
        "stranger": stranger,
        "operator": world.operator,
        "registrar": world.registrar,
        "award_officer": world.award_officer,
        "auditor": world.auditor,
    }
    calls: dict[str, Call] = {}
    calls |= await people.identity_calls(world, seller, broker)
    calls |= await _results(world, seller, buyer)
    calls |= await asking.demand_calls(world, seller, buyer)
    calls |= await asking.challenge_calls(world, seller, buyer, agency)
    calls |= await _listings(world, seller, buyer, agency)
    calls |= await _chains(world)
    calls |= await _deals(world, seller, buyer, agency)
    calls |= await pricing.negotiation_calls(world, seller, buyer)
    calls |= await pricing.listed_calls(world, seller, buyer, agency)
    calls |= await pricing.auction_calls(world, seller, buyer, agency)
    calls |= await pricing.offer_calls(world, seller, buyer)
    calls |= await _contracts(world, seller, buyer, agency, broker)
    calls |= await _awards(world, seller, buyer)
    calls |= await _calendar(world, seller, buyer, agency)
    calls |= await _appraisals(world, seller)
    calls |= await _ledger(world, seller)
    calls |= await _certificates(world, seller, buyer, agency)
    calls |= asking.match_calls(calls)
    calls |= {"read_worklist": Call(), "count_worklist": Call()}
    for name in ("read_me", "read_events", "read_audit_head", "read_clock", "healthz", "readyz"):
        calls[name] = Call()
    calls["read_problem"] = Call({"code": "not_found"})
    calls["move_clock"] = Call(json={"to": "2050-01-01T00:00:00Z"})
    pending = await world.enterprise(verification=Verification.PENDING)
    merged, heir = await world.enterprise(), await world.enterprise()
    await merged_into(world, merged, heir)
    return Scene(callers, calls, pending, await key_for(world, heir, merged))


async def _results(world: World, seller: Party, buyer: Party) -> dict[str, Call]:
    document = await uploaded(world, seller)
    result = {"result_id": (await recorded_result(world, seller))["id"]}
    right = (await recorded_result(world, seller))["ip_assets"][0]["asset_id"]
    event = {"kind": "checked", "happened_on": "2026-01-05", "source": "示例登记簿副本"}
    halves = [{"organisation_id": str(party.id), "share": "0.5"} for party in (seller, buyer)]
    shared = {"result_id": (await recorded_result(world, seller, owners=halves))["id"]}
    day = (await today(world)).isoformat()
    shown, checked = await dormant.lists(world, seller)
    waiting = {"entry_id": (await dormant.entries(world, seller, checked))[0]["id"]}
    converted = {"entry_id": (await dormant.converted_entry(world, seller, checked))["id"]}
    return {
        "gather_dormant_list": Call(),
        "list_dormant_lists": Call(),
        "read_dormant_list": Call({"year": shown["year"]}),
        "list_published_dormant": Call({"year": shown["year"]}),
        "publish_dormant_list": Call({"year": checked["year"]}),
        "list_dormant_results": Call(),
        "read_dormant_result": Call(waiting),
        "answer_for_dormant_result": Call(waiting, {"status": "explained", "reason": "no_demand"}),
        "correct_dormant_result": Call(converted),
        "upload_document": Call(query="filename=a.txt", content=b"text"),
        "list_documents": Call(),
        "read_document": Call({"document_id": document["id"]}),
        "read_document_content": Call({"document_id": document["id"]}),
        "list_ip_assets": Call(),
        "read_ip_asset": Call({"number": right}),
        "record_asset_event": Call({"asset_id": right}, event),
        "record_result": Call(json=result_body(seller)),
        "list_results": Call(),
        "read_result": Call(result),
        "change_result": Call(result, {"title": "新题"}),
        "entitle_team": Call(result, {"kind": "right_of_use", "years": 10, "agreed_on": day}),
        "begin_conversion": Call(result, {"begun_on": day}),
        "consent_to_transfer": Call(shared, {"transfer_mode": "assignment", "document_reference": "示例"}),
        "read_listability": Call(result, query="transfer_mode=assignment"),
    }


async def _chains(world: World) -> dict[str, Call]:
    made = {"code": (await chains.placed(world))["code"]}
    other = {"code": (await chains.placed(world, code="example-other"))["code"]}
    return {
        "import_industry_chain": Call(
            json=chains.chain(name={"zh": "示例氢能产业链（修订）", "en": "Example, revised"})
        ),
        "try_industry_chain": Call(json=chains.chain(code="example-new")),
        "list_industry_chains": Call(),
        "read_industry_chain": Call(made),
        "read_industry_chain_version": Call(made | {"version": 1}),
        "export_industry_chain": Call(made),
        "list_link_subjects": Call(made | {"link": "optics"}, query="kind=listing"),
        "withdraw_industry_chain": Call(other, {"reason": "示例"}),
    }


async def _listings(world: World, seller: Party, buyer: Party, agency: Party) -> dict[str, Call]:
    draft = {"listing_id": (await draft_listing(world, seller))["id"]}
    submitted = {"listing_id": (await submitted_listing(world, seller))["id"]}
    listing = await published_listing(world, seller, agency_id=str(agency.id))
    live = {"listing_id": listing["id"]}
    halted = {"listing_id": (await published_listing(world, seller))["id"]}
    reason = {"reason": "示例"}
    await world.api.ok(
        "POST", f"/v1/listings/{halted['listing_id']}/suspension", seller, json=reason, headers={"If-Match": "*"}
    )
    question = await world.api.ok("POST", f"/v1/listings/{listing['id']}/questions", buyer, json={"question": "示例?"})
    document = await uploaded(world, seller, content=PDF + b"listing")
    kept, paused = [{"search_id": (await saved(world, seller))["id"]} for _ in range(2)]
    await world.api.ok("POST", f"/v1/saved-searches/{paused['search_id']}/pause", seller)
    purchase = {"price": listing["published"]["asking_price"], "listing_version": listing["version"]}
    return {
        "create_listing": Call(json=await listing_body(world, seller)),
        "list_listings": Call(),
        **{f"search_{kind}": Call() for kind in ("listings", "results", "demands", "agencies", "brokers", "deals")},
        "save_search": Call(json=saved_body(q="石墨")),
        "list_saved_searches": Call(),
        **{name: Call(kept) for name in ("read_saved_search", "pause_saved_search", "list_saved_search_matches")},
        "change_saved_search": Call(kept, saved_body(q="墨")),
        "resume_saved_search": Call(paused),
        "delete_saved_search": Call(kept),
        "suggest": Call(query="q=%E7%9F%B3%E5%A2%A8"),
        "list_own_listings": Call(),
        "list_listings_for_staff": Call(),
        "read_listing": Call(live),
        "read_draft_listing": Call(draft),
        "edit_listing": Call(draft, {"title": "新题"}),
        "read_listing_version": Call(live | {"version": 1}),
        "submit_listing": Call(draft, {}),
        "return_listing": Call(submitted, reason),
        "publish_listing": Call(submitted, {}),
        "suspend_listing": Call(live, reason),
        "resume_listing": Call(halted, {}),
        "withdraw_listing": Call(live, reason),
        "attach_listing_document": Call(
            draft, {"document_id": document["id"], "title": "示例", "visibility": "public"}
        ),
        "list_listing_documents": Call(live),
        "ask_question": Call(live, {"question": "示例?"}),
        "list_questions": Call(live),
        "read_question": Call({"question_id": question["id"]}),
        "answer_question": Call({"question_id": question["id"]}, {"answer": "示例。"}),
        "purchase_listing": Call(live, purchase),
    }


async def _deals(world: World, seller: Party, buyer: Party, agency: Party) -> dict[str, Call]:
    made = await agreed_deal(world, seller, buyer, agency_id=str(agency.id))
    deal = {"deal_id": made["id"]}
    taken = deal | {"export_id": (await exported(world, seller, made))["id"]}
    return {
        "list_deals": Call(),
        "read_deal": Call(deal),
        "read_contract_draft": Call(deal),
        "cancel_deal": Call(deal, {"reason": "示例"}),
        "record_deal": Call(json=await recorded_body(world, seller, buyer)),
        "read_dossier": Call(deal),
        "export_dossier": Call(deal),
        "list_dossier_exports": Call(deal),
        "read_dossier_export": Call(taken),
        "read_dossier_bundle": Call(taken),
        "estimate_award": Call(deal),
    }


async def _contracts(world: World, seller: Party, buyer: Party, agency: Party, broker: Party) -> dict[str, Call]:
    parts: Json = {"agencies": [agency_part(agency, [broker])], "agency_service": "居间"}
    draft = await drafted_contract(world, seller, buyer, **parts)
    signed = {"contract_id": (await signed_contract(world, seller, buyer, **parts))["id"]}
    applied = await signed_contract(world, seller, buyer, **parts)
    await registration_step(world, applied, "", seller)
    accepted = await signed_contract(world, seller, buyer, **parts)
    await registration_step(world, accepted, "", seller)
    await registration_step(world, accepted, "acceptance", world.registrar)
    asked = await signed_contract(world, seller, buyer, **parts)
    await registration_step(world, asked, "", seller)
    await registration_step(world, asked, "supplement-request", world.registrar, missing="示例")
    done = await registered_contract(world, seller, buyer, **parts)
    invoice = {"number": "F-0", "amount": "900.00", "issued_on": (await today(world)).isoformat()}
    payment = await recorded_payment(world, done, seller, buyer, "1000.00", invoice=invoice)
    registered, day = {"contract_id": done["id"]}, (await today(world)).isoformat()
    amounts = {"total_amount": accepted["total_amount"], "technical_amount": accepted["technical_amount"]}
    body = {key: draft[key] for key in ("type", "name", "technical_field", "valid_from", "payment_terms")}
    body |= {"total_amount": "500.00", "technical_amount": "500.00"}
    body |= {"sellers": [whole(seller)], "buyers": [whole(buyer)]}
    later = (await today(world) + timedelta(days=0)).isoformat()
    document = await uploaded(world, seller, content=PDF + b"contract")
    reversal = {"reversed_at": payment["received_at"], "bank_reference": "R-1", "reason": "示例"}
    return {
        "draft_contract": Call(json=body | {"deal_id": draft["deal_id"]}),
        "list_contracts": Call(),
        "read_contract": Call(registered),
        "amend_contract": Call({"contract_id": draft["id"]}, body),
        "sign_contract": Call({"contract_id": draft["id"]}, {"signed_on": day}),
        "attach_contract_document": Call(registered, {"document_id": document["id"], "title": "示例"}),
        "list_contract_documents": Call(registered),
        "list_registrations": Call(),
        "read_registration": Call(registered),
        "apply_for_registration": Call(signed, {}),
        "accept_registration": Call({"contract_id": applied["id"]}, {}),
        "request_supplements": Call({"contract_id": accepted["id"]}, {"missing": "示例"}),
        "resubmit_registration": Call({"contract_id": asked["id"]}, {}),
        "register_contract": Call({"contract_id": accepted["id"]}, amounts),
        "refuse_registration": Call({"contract_id": accepted["id"]}, {"reason": "示例"}),
        "cancel_registration": Call(registered, {"reason": "示例"}),
        "record_payment": Call(registered, await payment_body(world, buyer, "10.00")),
        "list_payments": Call(registered),
        "read_payment": Call({"payment_id": payment["id"]}),
        "add_invoice": Call({"payment_id": payment["id"]}, {"number": "F-1", "amount": "1.00", "issued_on": later}),
        "reverse_payment": Call({"payment_id": payment["id"]}, reversal),
    }


async def _appraisals(world: World, seller: Party) -> dict[str, Call]:
    appraiser, result = await appraiser_of(world), await recorded_result(world, seller)
    waiting = {"report_id": (await submitted_report(world, seller, appraiser))["id"]}
    accepted = {"report_id": (await accepted_report(world, seller, number="示例 2"))["id"]}
    return {
        "record_appraisal_report": Call(json=await report_body(world, seller, result, appraiser, number="示例 3")),
        "list_appraisal_reports": Call(),
        "read_appraisal_report": Call(accepted),
        "review_appraisal_report": Call(waiting, {"decision": "accepted"}),
        "reapprove_appraised_price": Call(accepted, await reapproval_body(world, seller, "800000.00")),
    }


async def _certificates(world: World, seller: Party, buyer: Party, agency: Party) -> dict[str, Call]:
    """A deal whose certificate is issued, and one whose conditions hold."""
    certified, ready = [await contracted(world, seller, buyer, agency_id=str(agency.id)) for _ in range(2)]
    for deal in (certified, ready):
        await all_paid(world, deal)
    certificate = await issued(world, certified)
    of_deal, of_certificate = {"deal_id": certified["id"]}, {"certificate_id": certificate["id"]}
    of_ended = {"deal_id": await _ended(world, seller, buyer)}
    return {
        "read_settlement": Call(of_deal),
        "return_price": Call(of_ended, {"organisation_id": str(buyer.id), "amount": "1.00", "reason": "示例"}),
        "read_certificate_conditions": Call(of_deal),
        "issue_certificate": Call({"deal_id": ready["id"]}),
        "list_certificates": Call(),
        "read_certificate": Call(of_certificate),
        "print_certificate": Call(of_certificate),
        "revoke_certificate": Call(of_certificate, {"reason": "示例"}),
        "verify_certificate": Call({"code": certificate["content"]["verification_code"]}),
    }


async def _ended(world: World, seller: Party, buyer: Party) -> str:
    """A deal whose contract ended after the price had gathered."""
    deal = await agreed_deal(world, seller, buyer)
    contract = await signed(world, deal, seller, buyer, payment_terms="lump_sum")
    await all_paid(world, deal)
    await registered_contract(world, seller, buyer, contract=contract)
    await registration_step(world, contract, "cancellation", world.registrar, reason="示例", contract_ended=True)
    deal_id: str = deal["id"]
    return deal_id


async def _calendar(world: World, seller: Party, buyer: Party, agency: Party) -> dict[str, Call]:
    contract = await signed_contract(world, seller, buyer, agencies=[agency_part(agency, [])], agency_service="居间")
    registration = await registration_step(world, contract, "", seller)
    await registration_step(world, contract, "acceptance", world.registrar)
    of_case = f"subject_id={registration['id']}"
    (period,) = (await world.api.ok("GET", f"/v1/periods?{of_case}", seller))["items"]
    far, declared = {"day": "2040-01-04"}, {"day": "2040-01-05"}
    notice = {"is_working": False, "reference": "示例通知"}
    festival = {"name": "示例节", "first": "2040-02-03", "last": "2040-02-05"}
    await world.api.ok("PUT", f"/v1/calendar/overrides/{declared['day']}", world.operator, json=notice)
    return {
        "read_calendar": Call(query="from=2026-01-01&to=2026-01-31"),
        "add_working_days": Call(query="from=2026-01-01&add=20"),
        "read_calendar_override": Call(far),
        "declare_calendar_day": Call(far, notice),
        "take_holiday_notice": Call(json={"reference": "示例", "holidays": [festival]}),
        "withdraw_calendar_day": Call(declared, query="reference=x"),
        "list_periods": Call(query=of_case),
        "read_period": Call({"period_id": period["id"]}),
        "list_period_rules": Call(query="on=2026-01-01"),
    }


async def _ledger(world: World, seller: Party) -> dict[str, Call]:
    deposit = await held_deposit(world, seller)
    await releasing(world, deposit)
    account = await world.api.ok("GET", "/v1/ledger/accounts?code=bank", world.operator)
    of_account = {"account_id": account["items"][0]["id"]}
    (instruction,) = (await world.api.ok("GET", "/v1/settlement-instructions?limit=1", seller))["items"]
    strays = [{"confirmation_id": (await confirmed(world))["id"]} for _ in range(2)]
    return {
        "confirm_bank_movement": Call(json=await confirmation_body(world)),
        "resolve_bank_confirmation": Call(strays[0], {"kind": "return", "reason": "示例"}),
        "reverse_bank_confirmation": Call(strays[1], {"reason": "示例"}),
        "read_bank_confirmation": Call(strays[0]),
        "list_unmatched_money": Call(),
        "list_settlement_instructions": Call(),
        "read_settlement_instruction": Call({"instruction_id": instruction["id"]}),
        "list_deposits": Call(),
        "read_deposit": Call({"deposit_id": deposit.id}),
        "list_ledger_accounts": Call(),
        "list_ledger_entries": Call(of_account),
        "export_ledger_entries": Call(of_account),
        "read_trial_balance": Call(),
    }


async def _awards(world: World, seller: Party, buyer: Party) -> dict[str, Call]:
    year = (await today(world)).year
    run = await world.api.ok("POST", "/v1/award-runs", world.award_officer, json={"year": year})
    listed = await world.api.ok("GET", f"/v1/award-statements?run_id={run['id']}", world.award_officer)
    of_seller = next(item for item in listed["items"] if item["organisation_id"] == str(seller.id))
    of_run: dict[str, Any] = {"run_id": UUID(run["id"])}
    async with world.database.transaction() as session:  # the API publishes a year only after its end
        await session.execute(text("UPDATE award_runs SET status = 'published'"))
    return {
        "list_award_programmes": Call(),
        "compute_award_run": Call(json={"year": year}),
        "list_award_runs": Call(),
        "read_award_run": Call(of_run),
        "publish_award_run": Call(of_run, {}),
        "verify_award_run": Call(of_run),
        "list_award_statements": Call(),
        "list_broker_earnings": Call(),
        "read_award_statement": Call({"statement_id": of_seller["id"]}),
    }
