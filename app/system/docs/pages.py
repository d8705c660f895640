"""HTTP of the documentation: `/openapi.json` as it was exported, and `/docs` from files of the program alone.

The page is Swagger UI 5.35.0 (`swagger-ui-dist` on npm, Apache-2.0), unchanged but for the names of its source maps.
"""

import json
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import Request, Response

from app.core.problems import NOT_FOUND
from app.core.settings import Environment
from app.core.web.access import Public
from app.core.web.http import Endpoint, context_of
from app.core.web.routing import Router

router = Router(route_class=Endpoint, tags=("system",))

EXPORTED: Final = Path(__file__).resolve().parents[3] / "openapi" / "openapi.json"
ASSETS: Final = Path(__file__).parent / "assets"
TYPES: Final = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}
SERVED: Final = frozenset({"page.js", "swagger-ui-bundle.js", "swagger-ui.css"})
# Swagger UI sets styles of single elements and draws its arrows from `data:`.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"}


@router.get("/openapi.json", operation_id="read_document", include_in_schema=False)
async def read_document(actor: Public, request: Request) -> Response:
    """Read this document. Production's leaves out what only a sandbox has."""
    return Response(_document(context_of(request).settings.environment), media_type="application/json")


@router.get("/docs", operation_id="show_document", include_in_schema=False)
async def show_document(actor: Public) -> Response:
    """Show the document as a page."""
    return _asset("index.html")


@router.get("/docs/{name}", operation_id="read_docs_asset", include_in_schema=False)
async def read_asset(actor: Public, name: str) -> Response:
    """Read a file of the page."""
    if name not in SERVED:
        raise NOT_FOUND(what="address")
    return _asset(name)


def _asset(name: str) -> Response:
    return Response(_read(name), media_type=TYPES[Path(name).suffix], headers=HEADERS)


@cache
def _read(name: str) -> bytes:
    return (ASSETS / name).read_bytes()


@cache
def _document(environment: Environment) -> bytes:
    text = EXPORTED.read_bytes()
    if environment is Environment.SANDBOX:
        return text
    document = json.loads(text)
    document["tags"] = [tag for tag in document["tags"] if tag["name"] != "sandbox"]
    document["paths"] = {
        path: item
        for path, item in document["paths"].items()
        if not any("sandbox" in operation["tags"] for operation in item.values())
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
