"""The OpenAPI document as a file."""

import json
from pathlib import Path

from app.core.settings import Environment, Settings
from app.main import create_app
from app.openapi.examples import illustrate

_RECORDED = Path(__file__).resolve().parents[2] / "openapi" / "examples.json"


def openapi_text() -> str:
    """The API's document as JSON with sorted keys and a final newline: the same bytes whatever the environment says.

    It is a sandbox's document, which has every route of production and those that move the clock. Needs no database.
    """
    document = create_app(Settings(environment=Environment.SANDBOX)).openapi()
    illustrate(document, json.loads(_RECORDED.read_text(encoding="utf-8")))
    return json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
