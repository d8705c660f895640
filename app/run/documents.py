"""The OpenAPI document as a file."""

import json

from app.core.settings import Environment, Settings
from app.main import create_app


def openapi_text() -> str:
    """The API's document as JSON with sorted keys and a final newline: the same bytes whatever the environment says.

    It is a sandbox's document, which has every route of production and those that move the clock. Needs no database.
    """
    document = create_app(Settings(environment=Environment.SANDBOX)).openapi()
    return json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
