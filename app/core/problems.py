"""Refusals the API can answer: RFC 9457 problem documents with a stable `code`, in English or Chinese.

A package declares each of its refusals once, as a `ProblemType`, and raises it with what the text needs:

    LISTING_NOT_OPEN = ProblemType("listing_not_open", 409, Text("…", "…"), Text("…{status}…", "…{status}…"))
    raise LISTING_NOT_OPEN(status=listing.status)
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

Language = Literal["en", "zh"]
PROBLEM_MEDIA_TYPE: Final = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Text:
    """A text in both languages of the API; `{name}` is filled from the problem's parameters, which may be texts too."""

    en: str
    zh: str

    def render(self, language: Language, params: Mapping[str, Any]) -> str:
        """The text in one language. A parameter that is a `Text` is rendered in the same language."""
        template = self.zh if language == "zh" else self.en
        return template.format_map(spoken(params, language)) if params else template


def spoken(value: Any, language: Language) -> Any:
    """The value with every `Text` in it, at any depth, rendered in one language."""
    if isinstance(value, Text):
        return value.render(language, {})
    if isinstance(value, Rule):
        return value.as_json(language)
    if isinstance(value, Mapping):
        return {key: spoken(item, language) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [spoken(item, language) for item in value]
    return value


def listed(texts: Iterable[Text], *, en: str = ", ", zh: str = "、") -> Text:
    """Several texts as one, joined in each language."""
    found = list(texts)
    return Text(en.join(text.en for text in found), zh.join(text.zh for text in found))


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field: where it is (`parties.0.share`), a stable code, why, and what would pass."""

    field: str
    code: str
    reason: Text
    expected: Text | None = None

    def as_json(self, language: Language) -> dict[str, str]:
        body = {"field": self.field, "code": self.code, "reason": self.reason.render(language, {})}
        if self.expected:
            body["expected"] = self.expected.render(language, {})
        return body


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule a refusal or a figure rests on: the instrument and its article, never its wording."""

    instrument: Text
    article: str | Text

    @property
    def cited(self) -> str:
        """The article where one string serves both languages: its number, or its words in both."""
        return self.article if isinstance(self.article, str) else f"{self.article.en} / {self.article.zh}"

    def as_json(self, language: Language) -> dict[str, str]:
        return {"instrument": self.instrument.render(language, {}), "article": spoken(self.article, language)}


class Problem(Exception):  # noqa: N818 — the RFC's own term
    """A refusal on its way to the caller. Raised inside a transaction, it rolls the whole transaction back."""

    def __init__(
        self,
        kind: "ProblemType",
        params: Mapping[str, Any],
        *,
        field: str | None = None,
        errors: Sequence[FieldError] = (),
        remedy: Text | None = None,
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(kind.code, dict(params))
        self.kind = kind
        self.params = params
        self.field = field
        self.errors = tuple(errors)
        self.remedy = remedy or kind.remedy
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})

    def as_json(self, language: Language) -> dict[str, Any]:
        """The problem document; `remedy` says what would pass, `rule` which law or policy article refuses."""
        kind = self.kind
        detail = kind.detail.render(language, self.params)
        remedy = self.remedy.render(language, self.params) if self.remedy else None
        body: dict[str, Any] = {
            "type": f"/problems/{kind.code}",
            "title": kind.title.render(language, {}),
            "status": kind.status,
            "code": kind.code,
            "detail": detail,
        }
        if remedy:
            body["remedy"] = remedy
        if kind.rule:
            body["rule"] = kind.rule.as_json(language)
        errors = [error.as_json(language) for error in self.errors]
        if self.field:
            own = {"field": self.field, "code": kind.code, "reason": detail}
            errors.insert(0, own | ({"expected": remedy} if remedy else {}))
        if errors:
            body["errors"] = errors
        extra: dict[str, Any] = spoken(self.extra, language)
        return body | extra


REGISTRY: dict[str, "ProblemType"] = {}


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A kind of refusal. `title` is its short name, `detail` the sentence with the case's own figures."""

    code: str
    status: int
    title: Text
    detail: Text
    remedy: Text | None = None
    rule: Rule | None = None

    def __post_init__(self) -> None:
        if self.code in REGISTRY:
            raise ValueError(f"problem code {self.code} is declared twice")
        REGISTRY[self.code] = self

    def __call__(
        self,
        *,
        field: str | None = None,
        errors: Sequence[FieldError] = (),
        remedy: Text | None = None,
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        **params: Any,
    ) -> Problem:
        """The exception to raise. `field` names the field at fault; `params` fill the texts.

        A parameter that is words is a `Text`; so is what `extra` tells in words. No parameter mixes the languages.
        """
        return Problem(self, params, field=field, errors=errors, remedy=remedy, extra=extra, headers=headers)


NOT_FOUND = ProblemType(
    "not_found",
    404,
    Text("Not found", "未找到"),
    Text("There is no such {what}, or you may not see it.", "没有该{what},或您无权查看。"),
    Text(
        "Check the id. Check also that your key belongs to somebody who may see it.",
        "请核对编号,并确认所用密钥有权查看。",
    ),
)
ORGANISATION_MERGED = ProblemType(
    "organisation_merged",
    409,
    Text("Organisation has merged", "该单位已合并"),
    Text("{name} has ended in another organisation, or is about to.", "{name} 已并入或者即将并入其他单位。"),
    Text(
        "Continue in its name what is open. Begin what is new in the name of the successor.",
        "未了事项仍以原单位名义继续办理，新的事项请以承继单位名义办理。",
    ),
)
NOT_VERIFIED = ProblemType(
    "organisation_not_verified",
    409,
    Text("Organisation not verified", "组织未通过核验"),
    Text(
        "The verification of {name} is: {verification}. Only a verified organisation may do this.",
        "{name} 的核验状态为 {verification};仅核验通过的组织可操作。",
    ),
    Text("Ask the operator to verify the organisation.", "请运营方先核验该组织。"),
)
UNAUTHENTICATED = ProblemType(
    "unauthenticated",
    401,
    Text("API key needed", "需要密钥"),
    Text("This request needs a valid API key.", "此操作需要有效的 API 密钥。"),
    Text("Send `Authorization: Bearer <key>` with a key that is neither expired nor revoked.",
         "请发送 `Authorization: Bearer <密钥>`,且密钥未过期、未撤销。"),
)  # fmt: skip
FORBIDDEN = ProblemType(
    "forbidden",
    403,
    Text("Not allowed", "无权操作"),
    Text(
        "This may be done by: {allowed}. Your key acts as: {held}.", "该操作仅限{allowed}办理，您当前的身份为{held}。"
    ),
    Text("Use the key of a person who has one of these roles.", "请使用具有上述身份的人员的密钥。"),
)
SCOPE_MISSING = ProblemType(
    "scope_missing",
    403,
    Text("Scope missing", "缺少权限范围"),
    Text("Your key does not hold the scope `{scope}`.", "您的密钥缺少权限范围 `{scope}`。"),
    Text("Use a key that was issued with the scope `{scope}`.", "请使用带有 `{scope}` 的密钥。"),
)
INVALID_INPUT = ProblemType(
    "invalid_input",
    422,
    Text("Invalid input", "输入有误"),
    Text("{count} field(s) are wrong. `errors` names each of them.", "有 {count} 个字段有误,见 `errors`。"),
    Text("Correct each field as its entry in `errors` says.", "请按各项错误提示更正。"),
)
MALFORMED_JSON = ProblemType(
    "malformed_json",
    400,
    Text("Invalid JSON", "JSON 格式错误"),
    Text(
        "The body is not valid JSON: {reason} (byte {position}).",
        "请求体不是合法 JSON:{reason}(第 {position} 字节)。",
    ),
    Text("Send one JSON value in UTF-8.", "请以 UTF-8 发送一个合法的 JSON 值。"),
)
MALFORMED_REQUEST = ProblemType(
    "malformed_request",
    400,
    Text("Malformed request", "请求格式错误"),
    Text("The server could not read the request.", "无法读取该请求。"),
    Text("Send well-formed HTTP. Send text in UTF-8 without NUL characters.",
         "请发送格式正确的 HTTP 请求,文本使用 UTF-8 且不含 NUL 字符。"),
)  # fmt: skip
HEADERS_TOO_LARGE = ProblemType(
    "headers_too_large",
    431,
    Text("Headers too large", "请求头过大"),
    Text(
        "A request has at most {count} headers, of {limit} bytes together.", "请求头至多 {count} 项,合计 {limit} 字节。"
    ),
    Text("Send fewer or shorter headers.", "请减少或缩短请求头。"),
)
ADDRESS_TOO_LONG = ProblemType(
    "address_too_long",
    414,
    Text("Address too long", "请求地址过长"),
    Text("The path and query are longer than {limit} bytes.", "路径和查询参数超过 {limit} 字节。"),
    Text("Send a shorter query.", "请缩短查询参数。"),
)
REQUEST_TOO_SLOW = ProblemType(
    "request_too_slow",
    408,
    Text("Request too slow", "请求发送过慢"),
    Text("The request did not arrive in time. Nothing was carried out.", "请求未按时收全;未执行任何操作。"),
    Text("Retry on a faster connection with the same Idempotency-Key.", "请以更快的连接、同一 Idempotency-Key 重试。"),
)
SERVER_FULL = ProblemType(
    "server_full",
    503,
    Text("Too many connections", "连接过多"),
    Text("This server takes no more connections at the moment.", "服务器暂不接受更多连接。"),
    Text("Retry in a few seconds. Keep few connections open.", "请几秒后重试,并减少同时打开的连接。"),
)
MALFORMED_HEADER = ProblemType(
    "malformed_header",
    400,
    Text("Malformed header", "请求头格式错误"),
    Text("The header `{header}` is not well-formed.", "请求头 `{header}` 格式有误。"),
    Text("Send {expected}.", "请发送：{expected}。"),
)
UNSUPPORTED_MEDIA_TYPE = ProblemType(
    "unsupported_media_type",
    415,
    Text("Unsupported media type", "不支持的内容类型"),
    Text("This address accepts {expected}, not {got}.", "此处应为 {expected},而非 {got}。"),
    Text("Send `Content-Type: {expected}`.", "请发送 `Content-Type: {expected}`。"),
)
BODY_TOO_LARGE = ProblemType(
    "body_too_large",
    413,
    Text("Request body too large", "请求体过大"),
    Text("The body is larger than {limit} bytes.", "请求体超过 {limit} 字节。"),
    Text("Send a body of at most {limit} bytes.", "请将请求体控制在 {limit} 字节以内。"),
)
METHOD_NOT_ALLOWED = ProblemType(
    "method_not_allowed",
    405,
    Text("Method not allowed", "方法不允许"),
    Text("This address does not support the method.", "该地址不支持此方法。"),
    Text("Use one of the methods that the header `Allow` names.", "请使用 `Allow` 所列的方法。"),
)
CURSOR_INVALID = ProblemType(
    "cursor_invalid",
    400,
    Text("Invalid cursor", "游标无效"),
    Text("The cursor was not issued for this list.", "该游标并非由此列表签发。"),
    Text("Send `next_cursor` as you received it, or leave `cursor` out.", "请原样使用 `next_cursor`,或不带 `cursor`。"),
)
CURSOR_OF_ANOTHER_LIST = ProblemType(
    "cursor_of_another_list",
    422,
    Text("Cursor of another list", "游标与所查列表不符"),
    Text(
        "The cursor belongs to a list with other filters or another order.",
        "该游标对应的筛选条件或排序与本次请求不同。",
    ),
    Text(
        "Send the filters and `sort` of the first page with it, or leave `cursor` out.",
        "请沿用首页的筛选条件和 `sort`，或不带 `cursor`。",
    ),
)
PRECONDITION_REQUIRED = ProblemType(
    "precondition_required",
    428,
    Text("If-Match needed", "需要 If-Match"),
    Text(
        "Others may edit this too. The request does not say which revision you read.",
        "他人也可能修改:请说明您读到的版本。",
    ),
    Text("Send `If-Match` with the `ETag` that you received.", "请以 `If-Match` 发送您读到的 `ETag`。"),
)
PRECONDITION_FAILED = ProblemType(
    "precondition_failed",
    412,
    Text("Changed in the meantime", "已被修改"),
    Text("The current revision is {current}. You read an older one.", "当前版本为 {current},您的版本已过时。"),
    Text("Read it again, and decide on the current revision.", "请重新读取后再作决定。"),
)
IDEMPOTENCY_KEY_REQUIRED = ProblemType(
    "idempotency_key_required",
    400,
    Text("Idempotency-Key needed", "需要 Idempotency-Key"),
    Text("This request must not be carried out twice when it is retried.", "此请求的重试不得生效两次。"),
    Text("Send `Idempotency-Key` with a new value, such as a UUID, and repeat the value on every retry.",
         "请发送 `Idempotency-Key`(如 UUID),重试时保持不变。"),
)  # fmt: skip
IDEMPOTENCY_KEY_INVALID = ProblemType(
    "idempotency_key_invalid",
    400,
    Text("Invalid Idempotency-Key", "Idempotency-Key 无效"),
    Text("The key must have 1 to 128 printable ASCII characters.", "该键须为 1 至 128 个可打印 ASCII 字符。"),
    Text("Send a valid key, such as a UUID.", "请发送合法的键，例如 UUID。"),
)
IDEMPOTENCY_KEY_REUSED = ProblemType(
    "idempotency_key_reused",
    422,
    Text("Idempotency-Key reused", "Idempotency-Key 重复使用"),
    Text("The key was used before for a different request.", "该键曾用于另一请求。"),
    Text(
        "Use a new key for a new request. Repeat a key only with the same body.",
        "新请求请用新键;仅在请求体相同时重用。",
    ),
)
SECRET_SHOWN_ONCE = ProblemType(
    "secret_shown_once",
    409,
    Text("Secret already shown", "密钥仅显示一次"),
    Text(
        "The request was carried out before. Its answer held a secret, which is shown once and not kept.",
        "该请求已执行;其结果含密钥,仅显示一次且不保存。",
    ),
    Text(
        "If you did not receive the secret, revoke that key and issue a new one.", "若未收到,请撤销该密钥并重新签发。"
    ),
)
UNKNOWN_REFERENCE = ProblemType(
    "unknown_reference",
    422,
    Text("Unknown reference", "引用不存在"),
    Text("There is no {what} with this id, or it cannot be used here.", "没有该编号的{what},或不可在此引用。"),
    Text("Send the id of one that exists and that you may use here.", "请给出存在且可在此引用的编号。"),
)
DATES_OUT_OF_ORDER = ProblemType(
    "dates_out_of_order",
    422,
    Text("Dates in the wrong order", "日期次序有误"),
    Text(
        "{later_name} {later} is before {earlier_name} {earlier}.",
        "{later_name} {later} 早于 {earlier_name} {earlier}。",
    ),
    Text("Send a {later_name} on or after {earlier}.", "请填写不早于{earlier}的 {later_name}。"),
)
DATE_IN_FUTURE = ProblemType(
    "date_in_future",
    422,
    Text("Date is in the future", "日期在未来"),
    Text("{day} is after today, {today}.", "{day} 尚未到来;今天是 {today}。"),
    Text("Send a day up to {today}.", "请给出不晚于 {today} 的日期。"),
)
DATE_TOO_FAR = ProblemType(
    "date_too_far",
    422,
    Text("Date is too far ahead", "日期过远"),
    Text("{day} is more than a year after today, {today}.", "{day} 距今天({today})超过一年。"),
    Text("Send a day up to {latest}.", "请给出不晚于 {latest} 的日期。"),
)
BANK_REFERENCE_USED = ProblemType(
    "bank_reference_used",
    409,
    Text("Bank reference already used", "银行流水号已使用"),
    Text("The bank reference `{reference}` is already recorded.", "流水号 `{reference}` 已登记过。"),
    Text(
        "Send the bank reference of this payment. Each payment is recorded once.",
        "一笔款项只登记一次;请填写本笔流水号。",
    ),
)
CONFLICT = ProblemType(
    "conflict",
    409,
    Text("Conflict", "冲突"),
    Text("The request conflicts with stored data ({constraint}).", "与已存数据冲突({constraint})。"),
    Text(
        "Read the current data again, and send values that do not conflict with it.",
        "请重新读取,并避免与已存数据冲突。",
    ),
)
UNAVAILABLE = ProblemType(
    "temporarily_unavailable",
    503,
    Text("Temporarily unavailable", "暂时不可用"),
    # A connection that breaks at the commit leaves open whether that happened: the text must not deny it.
    Text("The database is unavailable. It is not known whether the request was carried out.",
         "数据库暂时无法访问;尚不知该请求是否已执行。"),
    Text("Retry in a few seconds with the same Idempotency-Key. The request is carried out once, and you receive its "
         "answer.",
         "请几秒后以同一 Idempotency-Key 重试:仅执行一次,并返回其结果。"),
)  # fmt: skip
STORAGE_UNAVAILABLE = ProblemType(
    "storage_unavailable",
    503,
    Text("Document storage is unavailable", "文件存储暂不可用"),
    Text("Document storage is unavailable at the moment.", "文件存储暂时无法访问。"),
    Text("Retry with the same Idempotency-Key in a few seconds.", "请几秒后以同一 Idempotency-Key 重试。"),
)
INTERNAL = ProblemType(
    "internal_error",
    500,
    Text("Internal error", "内部错误"),
    Text("The server failed. Nothing was written. The request id is {request_id}.",
         "系统内部出错;未写入任何内容。请提供请求编号 {request_id}。"),
    Text("Retry later with the same Idempotency-Key. If the error remains, send the request id to the operator.",
         "请稍后以同一 Idempotency-Key 重试;若仍出错,请将请求编号告知运营方。"),
)  # fmt: skip
