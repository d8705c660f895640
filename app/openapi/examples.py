"""The examples of the document: what was sent and answered in recorded calls, and a recorded refusal a status."""

from collections.abc import Mapping
from typing import Any


def illustrate(document: dict[str, Any], recorded: Mapping[str, Any]) -> None:
    """Give each operation that was recorded the call as its example, and each shared refusal one."""
    for operation in (operation for item in document["paths"].values() for operation in item.values()):
        call = recorded.get(operation["operationId"])
        if call is None:
            continue
        _show(operation["responses"].get(call["status"], {}), call["answer"])
        if "sent" in call:
            _show(operation.get("requestBody", {}), call["sent"])
    for name, response in document["components"]["responses"].items():
        if name in recorded:
            _show(response, recorded[name]["answer"])


def _show(part: dict[str, Any], example: Any) -> None:
    for media_type, content in part.get("content", {}).items():
        if media_type.endswith("json"):
            content["example"] = example
