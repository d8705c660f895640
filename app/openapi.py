"""What the OpenAPI document says besides its routes: head, tags in the order of the story, schema of a refusal."""

from copy import deepcopy
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.core.web import validation
from app.core.web.answers import locations
from app.core.web.http import Endpoint
from app.core.web.routing import built_routes

DESCRIPTION: Final = """Backend of a technology exchange (技术交易所): results, listings, deals, contracts, awards.

Money is CNY in a string, to the fen. Times are RFC 3339. Lists page by `cursor`. Every POST takes an
`Idempotency-Key`; refusals are RFC 9457 problem documents in English or Chinese (`Accept-Language: zh`).
"You" are the organisation of the key; "staff" are operator, registrar, award officer and auditor of the exchange.
"""
TAGS: Final = {
    "identity": "Organisations (交易主体), people, technical brokers (技术经纪人) and API keys.",
    "results": "Results (科技成果): owners, rights, consents, and whether a result may be listed.",
    "appraisals": "Appraisal reports (资产评估报告), their review, and prices approved again below the floor.",
    "listings": "Listings (交易项目) from draft to sale, with documents, questions and answers.",
    "first-come": "Purchase at the asking price, first come first served (先到先得).",
    "listed": "Competitive listed sales (公开征集受让方): conditions, registrants, revisions, end of the notice.",
    "negotiated": "Negotiations (协议定价): offers, acceptance, approval of related parties.",
    "notices": "Public notices of negotiated prices (协议定价公示) and objections to them.",
    "appraised": "Purchase offers on listings whose price rests on an appraisal (评估定价).",
    "auctions": "Auctions (拍卖) and bidding (网络竞价): bidders, bids, the signed log, the confirmation of the sale.",
    "gates": "Gates (成交前置事项): what must be settled before a deal, such as a right of first refusal.",
    "deals": "Deals (成交项目): the agreed price and what becomes of it.",
    "contracts": "Technology contracts (技术合同): draft, amounts, signatures, documents.",
    "registration": "Recognition and registration of contracts (技术合同认定登记).",
    "payments": "Payments (到账) and invoices (发票) on contracts.",
    "settlement": "Settlement (结算) of a deal: what is due, has arrived, is held and was paid out.",
    "certificates": "Transaction certificates (交易凭证): conditions, issue, verification, revocation.",
    "ledger": "Deposits (保证金), instructions (缴款通知), what the bank confirms, accounts and entries.",
    "awards": "Awards for technology transactions (技术交易奖补): programmes, runs, statements, estimates.",
    "dossiers": "Price dossiers (定价档案) of deals, and the bundles taken of them.",
    "documents": "Uploaded documents (文件).",
    "calendar": "Working days (工作日), and what the operator declared of single days.",
    "periods": "Periods (期限) that run, and the rules that they run by.",
    "system": "The event feed, the audit chain, the clock, refusals, health.",
    "sandbox": "What only a sandbox has: moving the clock.",
}


def tags() -> list[dict[str, Any]]:
    """The tags as the document declares them."""
    return [{"name": name, "description": description} for name, description in TAGS.items()]


HEADERS: Final[dict[str, Any]] = {
    "XRequestID": {
        "description": "Names this answer in the log; the request's own `X-Request-ID` where it sent a fit one.",
        "schema": {"type": "string"},
    },
    "ETag": {
        "description": 'The tag of what was read, for `If-None-Match`. A revision such as `"3"` is for `If-Match` too.',
        "schema": {"type": "string"},
    },
    "Location": {
        "description": "Where what was made is read.",
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "ContentLanguage": {
        "description": "The language of the texts.",
        "schema": {"type": "string", "enum": ["en", "zh"]},
    },
    "RetryAfter": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}},
    "WWWAuthenticate": {"description": "The scheme of keys: `Bearer`.", "schema": {"type": "string"}},
    "IdempotencyReplayed": {
        "description": "`true` where an earlier answer to the same `Idempotency-Key` comes again.",
        "schema": {"type": "string", "enum": ["true"]},
    },
}
OF_STATUS: Final = {"401": ("WWWAuthenticate", "WWW-Authenticate"), "503": ("RetryAfter", "Retry-After")}
IF_NONE_MATCH: Final = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` that you hold; 304 if it is current",
    "schema": {"type": "string", "maxLength": 1000},
}


def _state_headers(operation: dict[str, Any], method: str, *, is_located: bool) -> None:
    """Declare the headers of each answer of an operation, and of a read the question for what is held already."""
    if method == "GET":
        operation.setdefault("parameters", []).append(dict(IF_NONE_MATCH))
        operation["responses"]["304"] = {"description": "What you hold is current"}
    for status, response in operation["responses"].items():
        headers = response.setdefault("headers", {})
        headers["X-Request-ID"] = _header("XRequestID")
        if int(status) >= 400:
            headers["Content-Language"] = _header("ContentLanguage")
        elif method == "POST":
            headers["Idempotency-Replayed"] = _header("IdempotencyReplayed")
        if method == "GET" and status in ("200", "304"):
            headers["ETag"] = _header("ETag")
        if status == "201" and is_located:
            headers["Location"] = _header("Location")
        if status in OF_STATUS:
            name, shown = OF_STATUS[status]
            headers[shown] = _header(name)


def _share_refusals(paths: dict[str, Any]) -> dict[str, Any]:
    """Name the refusals that many operations state alike, once each, and refer to them."""
    shared: dict[str, Any] = {}
    for operation in (operation for item in paths.values() for operation in item.values()):
        for status, response in operation["responses"].items():
            if status < "400":
                continue
            name = f"Refusal{status}"
            if shared.setdefault(name, response) == response:
                operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
    return shared


def _header(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/headers/{name}"}


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document with the problem schema, the bearer key and the headers of answers; made once."""
    if app.openapi_schema is None:
        app.openapi_schema = _make(app)
    return app.openapi_schema


def _make(app: FastAPI) -> dict[str, Any]:
    routes = list(built_routes(app))
    made = get_openapi(
        title=app.title, version=app.version, description=app.description, tags=app.openapi_tags, routes=routes
    )
    located = set(locations.addresses(app))
    for route in routes:
        if isinstance(route, Endpoint) and route.include_in_schema:
            for method in route.methods or ():
                operation = made["paths"][route.path_format][method.lower()]
                _state_headers(operation, method, is_located=route.response_model in located)
    components = made.setdefault("components", {})
    components["responses"] = _share_refusals(made["paths"])
    components["headers"] = deepcopy(HEADERS)
    components.setdefault("schemas", {})["Problem"] = deepcopy(validation.PROBLEM_SCHEMA)
    components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer", "bearerFormat": "API key"}}
    return made
