"""Pure rules of documents: which types, what their content begins with, and which file names are safe."""

import unicodedata
from urllib.parse import quote

from app.core.problems import Text
from app.office.documents.problems import CONTENT_NOT_OF_TYPE, DOCUMENT_EMPTY, FILENAME_INVALID, MEDIA_TYPE_NOT_ALLOWED

_ZIP = (b"PK\x03\x04",)
_OOXML = "application/vnd.openxmlformats-officedocument"

# Each type with its extensions and what its content must begin with; a type without a signature is text.
TYPES: dict[str, tuple[tuple[str, ...], tuple[bytes, ...]]] = {
    "application/pdf": ((".pdf",), (b"%PDF-",)),
    "image/png": ((".png",), (b"\x89PNG\r\n\x1a\n",)),
    "image/jpeg": ((".jpg", ".jpeg"), (b"\xff\xd8\xff",)),
    "text/plain": ((".txt",), ()),
    "text/csv": ((".csv",), ()),
    "application/json": ((".json",), ()),
    "application/zip": ((".zip",), _ZIP),
    f"{_OOXML}.wordprocessingml.document": ((".docx",), _ZIP),
    f"{_OOXML}.spreadsheetml.sheet": ((".xlsx",), _ZIP),
}
HEAD_BYTES = 512
MAX_CHARACTERS, MAX_BYTES = 200, 255


def check_media_type(content_type: str) -> str:
    """The bare media type if documents of it are taken; raises `media_type_not_allowed` naming those that are."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type not in TYPES:
        raise MEDIA_TYPE_NOT_ALLOWED(field="Content-Type", got=media_type[:100] or "-", allowed=", ".join(TYPES))
    return media_type


def check_filename(filename: str, media_type: str) -> str:
    """The name in composed form (NFC) if it is safe to hand out again; raises `filename_invalid`.

    A name may not lead elsewhere (slashes), hide its ending (invisible and direction-changing characters), or promise
    another type than the content has.
    """
    name = unicodedata.normalize("NFC", filename)
    extensions = TYPES[media_type][0]
    if not 1 <= len(name) <= MAX_CHARACTERS or len(name.encode("utf-8", "replace")) > MAX_BYTES:
        reason = Text("is empty or too long", "为空或过长")
    elif any(character in '/\\:*?"<>|' or unicodedata.category(character)[0] == "C" for character in name):
        reason = Text("has a character out of place", "含有不允许的字符")
    elif name[0] in ". " or name[-1] in ". ":
        reason = Text("begins or ends with a dot or a space", "以点或空格开头或结尾")
    elif not name.lower().endswith(extensions):
        reason = Text(f"does not end like {media_type}", f"扩展名与 {media_type} 不符")
    else:
        return name
    raise FILENAME_INVALID(field="filename", reason=reason, extensions=", ".join(extensions))


def check_head(head: bytes, media_type: str) -> None:
    """What the content begins with agrees with its type; raises `document_empty` or `content_not_of_type`."""
    if not head:
        raise DOCUMENT_EMPTY()
    signatures = TYPES[media_type][1]
    agrees = head.startswith(signatures) if signatures else b"\x00" not in head
    if not agrees:
        raise CONTENT_NOT_OF_TYPE(field="Content-Type", media_type=media_type)


def content_disposition(filename: str) -> str:
    """`Content-Disposition` for saving under a name of any script (RFC 6266), with a plain one for old clients."""
    plain = "".join(c if c.isascii() and c not in '"\\%' else "_" for c in filename)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
