"""What the document says of answers besides their bodies: headers, and the refusals that many operations share."""

from typing import Any, Final

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


def state_headers(operation: dict[str, Any], method: str, *, is_located: bool) -> None:
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


def state_access(operation: dict[str, Any]) -> None:
    """Say in words whom the operation serves, after what its docstring says."""
    access = operation["x-access"]
    scope = f"the scope `{access['scope']}`" if "scope" in access else None
    if access["roles"] == ["public"]:
        told = f"For everybody; a key counts with {scope}." if scope else "For everybody."
    else:
        told = f"For keys of: {', '.join(access['roles'])}; with {scope}."
    operation["description"] = "\n\n".join(filter(None, (operation.get("description"), told)))


def state_order(operation: dict[str, Any]) -> None:
    """Say in words in which order a list comes where `sort` does not say."""
    for parameter in operation.get("parameters", ()):
        if parameter["name"] == "sort":
            order = parameter["schema"].get("default")
            told = "Default order: the most relevant first, and between equals the newest."
            if order is not None:
                told = f"Default order: `{order.removeprefix('-')}`, {'de' if order[0] == '-' else 'a'}scending."
            operation["description"] = "\n\n".join(filter(None, (operation.get("description"), told)))


def share_refusals(paths: dict[str, Any]) -> dict[str, Any]:
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
