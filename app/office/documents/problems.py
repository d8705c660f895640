"""The refusals of documents."""

from typing import Final

from app.core.problems import ProblemType, Text

DOCUMENT: Final = Text("document", "文件")

FILENAME_INVALID = ProblemType(
    "filename_invalid",
    422,
    Text("Invalid file name", "文件名无效"),
    Text("The file name {reason}.", "文件名{reason}。"),
    Text(
        "Send a name of 1 to 200 characters and at most 255 bytes in UTF-8. It has no slashes, control characters "
        "or invisible characters, does not begin or end with a dot or a space, and ends with an extension of its "
        "type: {extensions}.",
        "请填写1至200个字符、UTF-8 不超过255字节的文件名，不含斜杠、控制字符和不可见字符，首尾不为点或者空格，扩展名"
        "与类型相符：{extensions}。",
    ),
)
MEDIA_TYPE_NOT_ALLOWED = ProblemType(
    "media_type_not_allowed",
    415,
    Text("Document type not allowed", "文件类型不允许"),
    Text("Documents of the type `{got}` are not accepted.", "不接受类型为 `{got}` 的文件。"),
    Text("Send a document of one of these types: {allowed}.", "请使用以下类型之一:{allowed}。"),
)
CONTENT_NOT_OF_TYPE = ProblemType(
    "content_not_of_type",
    422,
    Text("Content does not match its type", "内容与类型不符"),
    Text("The content does not begin like a {media_type} file.", "内容的开头不是 {media_type} 的格式。"),
    Text("Send the file under its true `Content-Type`.", "请以真实的 `Content-Type` 发送文件。"),
)
DOCUMENT_EMPTY = ProblemType(
    "document_empty",
    422,
    Text("Document is empty", "文件为空"),
    Text("The request body is empty.", "请求体没有内容。"),
    Text("Send the file itself as the body.", "请以文件内容作为请求体。"),
)
DOCUMENT_DAMAGED = ProblemType(
    "document_damaged",
    503,
    Text("Document is damaged", "文件已损坏"),
    Text(
        "The stored content is missing or does not match its hash {sha256}. It is not delivered.",
        "所存内容缺失或与其哈希 {sha256} 不符,不予提供。",
    ),
    Text("Tell the operator. Upload the file again if you have it.", "请告知运营方;如有原件请重新上传。"),
)
TOO_MANY_ATTACHED = ProblemType(
    "too_many_attached",
    409,
    Text("Too many documents", "附件过多"),
    Text("{most} documents are already attached. No more can be added.", "该处已有 {most} 个附件。"),
    Text("Combine several files in one zip document.", "请将多个文件合并为一个(zip)文件。"),
)
ALREADY_ATTACHED = ProblemType(
    "already_attached",
    409,
    Text("Already attached", "已附加"),
    Text("The document is already attached here.", "该文件已是此处的附件，无须重复添加。"),
)
