"""Pure rules of IP assets: which numbers and dates each type has, their order, and Chinese patent numbers."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Protocol

from app.catalogue.results.kinds import PATENTS, IpType, Need
from app.catalogue.results.problems import IP_ASSET_INVALID, PATENT_NUMBER_INVALID, PATENT_TWICE
from app.core.problems import FieldError, Text
from app.identity.rules import check_not_future, check_order
from app.law.instruments import CIVIL_CODE


class Asset(Protocol):
    """What the rules ask of an IP asset; a request and a table row both have it."""

    @property
    def type(self) -> IpType: ...
    @property
    def application_number(self) -> str | None: ...
    @property
    def grant_number(self) -> str | None: ...
    @property
    def filed_on(self) -> date | None: ...
    @property
    def granted_on(self) -> date | None: ...
    @property
    def expires_on(self) -> date | None: ...
    @property
    def invalidated_on(self) -> date | None: ...


MUST, MAY, NONE = Need.MUST, Need.MAY, Need.NONE
FIELDS = ("application_number", "grant_number", "filed_on", "granted_on", "expires_on", "invalidated_on")

# In the order of FIELDS. Patents: what a contract about them has to state (Civil Code art. 845). For a registration
# right (software, layout design, variety) `grant_number` is the registration or certificate number.
NEEDS: dict[IpType, tuple[Need, ...]] = {
    IpType.PATENT: (MUST, MUST, MUST, MUST, MUST, MAY),
    IpType.PATENT_APPLICATION: (MUST, NONE, MUST, NONE, NONE, MAY),
    IpType.TECHNICAL_SECRET: (NONE, NONE, NONE, NONE, NONE, NONE),
    IpType.SOFTWARE_COPYRIGHT: (NONE, MUST, NONE, MAY, MAY, NONE),
    IpType.LAYOUT_DESIGN: (MAY, MUST, MUST, MAY, MAY, MAY),
    IpType.PLANT_VARIETY: (MUST, MAY, MUST, MAY, MAY, MAY),
    IpType.BIOLOGICAL_MEDICAL_VARIETY: (MAY, MUST, MAY, MUST, MAY, MAY),
}

_PREFIXED = re.compile(r"^(ZL|CN)(.*)$", re.ASCII)
_NUMBER = re.compile(r"^(\d{12}|\d{8})\.?([\dX])$", re.ASCII)
_LOOKS_CHINESE = re.compile(r"^((19|20)\d{10}\.?[\dX]|\d{8}\.[\dX])$", re.ASCII)
# The digit after the year: invention, utility model, design, and the first two entering by the PCT.
_KINDS = "12389"


def check_assets(assets: Sequence[Asset], *, from_public_record: bool, today: date) -> None:
    """Check every asset of a result; a public record often states no numbers or dates, so it may leave them out.

    Raises `ip_asset_invalid` with each wrong field, `patent_number_invalid`, `patent_twice`, `dates_out_of_order`,
    `date_in_future`.
    """
    errors = [
        error
        for position, asset in enumerate(assets)
        for error in _field_errors(position, asset, from_public_record=from_public_record)
    ]
    if errors:
        raise IP_ASSET_INVALID(errors=errors, count=len(errors))
    known: dict[str, int] = {}
    for position, asset in enumerate(assets):
        _check_dates(f"ip_assets.{position}", asset, today)
        if asset.type in PATENTS:
            _check_numbers(f"ip_assets.{position}", asset)
            _check_once(position, asset, known)


def _field_errors(position: int, asset: Asset, *, from_public_record: bool) -> Iterator[FieldError]:
    for name, need in zip(FIELDS, NEEDS[asset.type], strict=True):
        given = getattr(asset, name) is not None
        field = f"ip_assets.{position}.{name}"
        if given and need is NONE:
            yield FieldError(
                field,
                "not_of_this_type",
                Text(f"A {asset.type} has no {name}", f"类型 {asset.type} 没有 {name}"),
                Text("Leave it out, or choose another type", "请不填,或更换类型"),
            )
        elif not given and need is MUST and not from_public_record:
            law = asset.type == IpType.PATENT
            yield FieldError(
                field,
                "missing",
                Text(
                    f"A {asset.type} states its {name}" + (f" ({CIVIL_CODE.en}, art. 845)" if law else ""),
                    f"类型 {asset.type} 须写明 {name}" + (f"({CIVIL_CODE.zh}第 845 条)" if law else ""),
                ),
                Text(
                    "State it, or give `source_url` where the public record does not",
                    "请填写;公开记录未载明的,请给出 `source_url`",
                ),
            )


def _check_dates(field: str, asset: Asset, today: date) -> None:
    for earlier, later in (
        ("filed_on", "granted_on"),
        ("granted_on", "expires_on"),
        ("filed_on", "expires_on"),
        ("filed_on", "invalidated_on"),
        ("granted_on", "invalidated_on"),
    ):
        check_order(getattr(asset, earlier), getattr(asset, later), f"{field}.{earlier}", f"{field}.{later}")
    for name in ("filed_on", "granted_on", "invalidated_on"):
        check_not_future(f"{field}.{name}", getattr(asset, name), today)


def _check_numbers(field: str, asset: Asset) -> None:
    application = chinese_number(f"{field}.application_number", asset.application_number)
    patent = chinese_number(f"{field}.grant_number", asset.grant_number)
    if application and patent and application != patent:
        raise PATENT_NUMBER_INVALID(
            field=f"{field}.grant_number",
            number=asset.grant_number,
            reason=Text("the digits after ZL differ from the application number", "ZL 后的号码与申请号不一致"),
            example=check_digit("202310000001"),
        )


def _check_once(position: int, asset: Asset, known: dict[str, int]) -> None:
    """A patent and its application are one right, whatever the spelling. Notes its numbers in `known`."""
    for name in ("application_number", "grant_number"):
        number = getattr(asset, name)
        if number is None:
            continue
        field = f"ip_assets.{position}.{name}"
        key = chinese_number(field, number) or _written(number)
        if known.setdefault(key, position) != position:
            raise PATENT_TWICE(field=field, number=number, first=known[key] + 1)


def _written(number: str) -> str:
    """A number without what does not count: width, case, spaces, and what is invisible."""
    plain = unicodedata.normalize("NFKC", number).upper()
    return "".join(sign for sign in plain if not sign.isspace() and unicodedata.category(sign) != "Cf")


def chinese_number(field: str, number: str | None) -> str | None:
    """The bare digits of a Chinese application or patent number; None for none, or for another country's.

    Width, case and spaces do not count. A number is Chinese when it begins with ZL or CN, or has the form of one.
    Raises `patent_number_invalid`. This checks the form and the check digit only, not that such a patent exists.
    """
    if number is None:
        return None
    written = _written(number)
    prefixed = _PREFIXED.match(written)
    body = prefixed.group(2) if prefixed else written
    if not prefixed and not _LOOKS_CHINESE.match(body):
        return None
    parsed = _NUMBER.match(body)
    if parsed is None:
        reason = Text("it does not have 9 or 13 characters", "位数不是 9 位或 13 位")
    elif parsed.group(1)[4 if len(parsed.group(1)) == 12 else 2] not in _KINDS:
        reason = Text("the digit after the year names no kind of patent", "年份后的种类号不符")
    elif parsed.group(2) != check_digit(parsed.group(1)):
        reason = Text(
            f"its check digit should be {check_digit(parsed.group(1))}",
            f"校验位应为 {check_digit(parsed.group(1))}",
        )
    else:
        return parsed.group(1)
    raise PATENT_NUMBER_INVALID(
        field=field,
        number=number,
        reason=reason,
        example=check_digit("202310000001"),
    )


def check_digit(digits: str) -> str:
    """The check digit of a Chinese application number: weights 2 to 9, then 2 to 5, modulo 11; 10 is X."""
    remainder = sum(int(digit) * (2 + index % 8) for index, digit in enumerate(digits)) % 11
    return "X" if remainder == 10 else str(remainder)
