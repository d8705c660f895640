"""A price dossier as it is printed: Chinese first, English next to it. What does not fit is in the JSON."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.core.schemas import Bilingual
from app.dossiers.labels import capacity, label, value
from app.dossiers.schemas import ComparablesOut, Dossier, DossierEntryOut, DossierSectionOut, EventSeal
from app.office.printing.blocks import Block, Fields, Grid, Heading, Printed, Prose

MOST_ENTRIES = 400
"""Entries of a section that are printed: about 60 pages. A longer section goes on in the JSON."""
MOST_CHARACTERS = 600
"""Characters of one fact that are printed."""
COLUMNS = ("时间 Time", "行为人 By", "事项 What", "内容 Facts")
YES, NO = "是 yes", "否 no"
WEIGHTS = (17, 18, 20, 45)


def printed(dossier: Dossier, sha256: str, zone: ZoneInfo) -> Printed:
    """The dossier for print; `sha256` is that of its canonical JSON, times are local."""
    names = {str(row.id): row.name for row in dossier.organisations}
    seals = {event.id: event for event in dossier.events}
    blocks: list[Block] = [_head(dossier, sha256, names, zone)]
    for section in dossier.sections:
        blocks += _section(section, names, seals, zone)
    blocks += _comparables(dossier.comparables)
    return Printed(
        title="定价档案 Price dossier",
        subtitle=dossier.deal.number,
        blocks=blocks,
        footer=(f"dossier.json SHA-256 {sha256}", f"audit #{dossier.audit.sealed} {dossier.audit.head}"),
    )


def _head(dossier: Dossier, sha256: str, names: Mapping[str, str], zone: ZoneInfo) -> Fields:
    reader = capacity(dossier.reader.view)
    if dossier.reader.organisation_id is not None:
        reader += f"\n{names.get(str(dossier.reader.organisation_id), dossier.reader.organisation_id)}"
    unsealed = sum(event.hash is None for event in dossier.events)
    chain = f"#{dossier.audit.sealed}\n{dossier.audit.head}"
    if unsealed:
        chain += f"\n尚未封存的事件 {unsealed} 项 / {unsealed} event(s) not sealed yet"
    return Fields(
        (
            ("成交编号 Deal", dossier.deal.number),
            (
                "依据 Basis",
                f"{dossier.basis.instrument.zh} 第 {dossier.basis.article} 条 {dossier.basis_title.zh}\n"
                f"{dossier.basis.instrument.en}, art. {dossier.basis.article}: {dossier.basis_title.en}",
            ),
            ("查阅人 Made for", reader),
            ("审计链末端 End of the audit chain", chain),
            ("dossier.json SHA-256", sha256),
            ("时区 Time zone", str(zone)),
        )
    )


def _section(
    section: DossierSectionOut, names: Mapping[str, str], seals: Mapping[Any, EventSeal], zone: ZoneInfo
) -> list[Block]:
    blocks: list[Block] = [Heading(_one_line(section.title))]
    if section.withheld is not None:
        blocks.append(Prose(_both(section.withheld), small=True))
    if not section.entries:
        return [*blocks, Prose("无记录。 Nothing on record.", small=True)]
    rows = [_row(entry, names, seals, zone) for entry in section.entries[:MOST_ENTRIES]]
    blocks.append(Grid(COLUMNS, rows, WEIGHTS))
    more = len(section.entries) - MOST_ENTRIES
    if more > 0:
        blocks.append(Prose(f"另有 {more} 项,见 dossier.json。 {more} more in dossier.json.", small=True))
    return blocks


def _row(
    entry: DossierEntryOut, names: Mapping[str, str], seals: Mapping[Any, EventSeal], zone: ZoneInfo
) -> tuple[str, str, str, str]:
    who = capacity(entry.by.capacity)
    if entry.by.organisation_id is not None:
        who += f"\n{names.get(str(entry.by.organisation_id), entry.by.organisation_id)}"
    what = _both(entry.what)
    if entry.rule is not None:
        what += f"\n{entry.rule.instrument.zh} {entry.rule.article}"
    lines = [
        f"{label(name)}:{_fact(name, fact, names, zone)}" for name, fact in entry.facts.items() if fact is not None
    ]
    lines += [f"文件 {paper.title}:{paper.sha256}" for paper in entry.documents]
    lines += [_seal(seals[event]) for event in entry.events]
    return _moment(entry.at, zone), who, what, "\n".join(lines)


def _seal(event: EventSeal) -> str:
    if event.hash is None:
        return f"{event.type}:尚未封存 not sealed yet"
    return f"审计链 #{event.position} {event.hash[:16]}…"


def _fact(name: str, fact: Any, names: Mapping[str, str], zone: ZoneInfo) -> str:
    if isinstance(fact, Mapping):
        parts = (f"{label(key)} {_fact(key, item, names, zone)}" for key, item in fact.items() if item is not None)
        text = " · ".join(parts)
    elif isinstance(fact, list):
        text = ";".join(_fact(name, item, names, zone) for item in fact)
    elif isinstance(fact, bool):
        text = YES if fact else NO
    elif isinstance(fact, str):
        text = names.get(fact) or value(name, _local(fact, zone))
    else:
        text = str(fact)
    return text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}… (dossier.json)"


def _local(text: str, zone: ZoneInfo) -> str:
    """A moment in the city's time; any other text as it is."""
    if not text.endswith("Z") or "T" not in text:
        return text
    try:
        return _moment(datetime.fromisoformat(text), zone)
    except ValueError:
        return text


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def _comparables(comparables: ComparablesOut) -> list[Block]:
    blocks: list[Block] = [
        Heading("可比成交 Comparables"),
        Prose(_both(comparables.chosen_by), small=True),
    ]
    if not comparables.deals:
        return [*blocks, Prose("无可比成交。 No comparable deal.", small=True)]
    header = ("编号 Number", "达成 Agreed", "定价 Mode", "价款(元) CNY", "公开出处 Public as", "当时已公开 Then public")
    rows = [
        (
            deal.number, deal.agreed_on.isoformat(), value("pricing_mode", deal.pricing_mode), f"{deal.price:.2f}",
            f"{deal.source}\n{deal.reference}", YES if deal.public_before else NO,
        )
        for deal in comparables.deals
    ]  # fmt: skip
    return [*blocks, Grid(header, rows, (18, 13, 13, 16, 28, 12), frozenset({3}))]


def _both(text: Bilingual) -> str:
    return f"{text.zh}\n{text.en}"


def _one_line(text: Bilingual) -> str:
    return f"{text.zh} {text.en}"
