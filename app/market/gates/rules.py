"""Pure decisions about gates (交易前置事项): which a sale needs, who settles them, when they lapse."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from app.catalogue.results.kinds import ExportControl, TransferMode
from app.catalogue.results.listability import Finding, ListingFacts, listability
from app.core.problems import Problem, Rule, Text, listed
from app.law.instruments import CIVIL_CODE, EXCHANGE_PRACTICE, EXPORT_RULES, PATENT_LAW, PROGRESS_LAW
from app.market.gates.kinds import Closer, GateKind, GateOutcome
from app.market.gates.problems import EVIDENCE_MISSING, GATE_CLOSED, GATE_LAPSED, GATE_NOT_YOURS, GATE_OPEN

CLOSER_NAMES = {
    Closer.HOLDER: Text("its holder", "权利人本人"),
    Closer.SELLER_ADMIN: Text("an admin of the seller, with the document", "卖方管理员(须附文件)"),
    Closer.OPERATOR: Text("the operator, with the document", "运营方(须附文件)"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of gate rests on, and who may settle it."""

    rule: Rule
    closers: tuple[Closer, ...]


KINDS: dict[GateKind, Kind] = {
    GateKind.FIRST_REFUSAL: Kind(CIVIL_CODE.art("847"), (Closer.HOLDER, Closer.SELLER_ADMIN)),
    GateKind.CO_OWNER_CONSENT: Kind(PATENT_LAW.art("14"), (Closer.HOLDER, Closer.SELLER_ADMIN)),
    GateKind.CO_BUYER_CONSENT: Kind(CIVIL_CODE.art("490"), (Closer.HOLDER,)),
    GateKind.RELATED_PARTY_APPROVAL: Kind(EXCHANGE_PRACTICE.art("[S]"), (Closer.SELLER_ADMIN,)),
    GateKind.RESTRICTED_EXPORT: Kind(EXPORT_RULES.art("chapter 3"), (Closer.OPERATOR,)),
    GateKind.FOREIGN_APPROVAL: Kind(PROGRESS_LAW.art("34"), (Closer.OPERATOR,)),
    GateKind.PATENT_IN_FORCE: Kind(CIVIL_CODE.art("865"), (Closer.OPERATOR,)),
    GateKind.RIGHT_FREE: Kind(CIVIL_CODE.art("444"), (Closer.OPERATOR,)),
}

PENDING_ZH: Final = {
    GateKind.FIRST_REFUSAL: "成果完成人尚未答复是否行使优先受让权",
    GateKind.CO_OWNER_CONSENT: "共有人尚未同意",
    GateKind.CO_BUYER_CONSENT: "联合受让方尚未同意",
    GateKind.RELATED_PARTY_APPROVAL: "双方为关联方,交易尚未经批准",
    GateKind.RESTRICTED_EXPORT: "限制出口的技术向境外转让,尚无出口许可",
    GateKind.FOREIGN_APPROVAL: "财政资金支持的成果向境外转让,尚未经立项部门批准",
    GateKind.PATENT_IN_FORCE: "知识产权已届满或者已宣告无效",
    GateKind.RIGHT_FREE: "知识产权已出质或者已授予他人",
}
"""What each kind waits for, in Chinese; `detail` says it in English."""

NEVER = frozenset({"secrecy", "export_prohibited"})
"""Findings that no consent and no licence mends."""


@dataclass(frozen=True, slots=True)
class Sale:
    """What is known of a sale when its gates are looked for."""

    result: ListingFacts
    transfer_mode: TransferMode
    completers: tuple[UUID | None, ...]
    """The completers in order; None where the person is not known to the exchange."""
    buying_people: frozenset[UUID]
    """Completers who act for a buyer: nobody is offered first what they buy already."""
    co_buyers: tuple[UUID, ...]
    abroad: bool
    related: str | None


@dataclass(frozen=True, slots=True)
class Needed:
    """A gate that a sale needs."""

    kind: GateKind
    key: str
    detail: str
    organisation_id: UUID | None = None
    person_id: UUID | None = None


def never(sale: Sale, today: date) -> list[Finding]:
    """Why the sale can never be, such as a state secret; empty where it can."""
    return [finding for finding in listability(sale.result, sale.transfer_mode, today) if finding.code in NEVER]


def needed(sale: Sale, today: date) -> list[Needed]:
    """Every gate the sale needs today."""
    return [
        *_first_refusal(sale),
        *_findings(sale, today),
        *(
            Needed(GateKind.CO_BUYER_CONSENT, str(buyer), "a joint buyer has not consented", organisation_id=buyer)
            for buyer in sale.co_buyers
        ),
        *_abroad(sale),
        *([Needed(GateKind.RELATED_PARTY_APPROVAL, "-", sale.related)] if sale.related else []),
    ]


def _first_refusal(sale: Sale) -> list[Needed]:
    """Article 847 speaks of the transfer of a service result: an assignment, not a licence."""
    if sale.transfer_mode != TransferMode.ASSIGNMENT:
        return []
    return [
        Needed(GateKind.FIRST_REFUSAL, f"{position}:{person or '-'}", f"completer {position + 1}", person_id=person)
        for position, person in enumerate(sale.completers)
        if person is None or person not in sale.buying_people
    ]


_RIGHTS: Final = {
    "asset_expired": GateKind.PATENT_IN_FORCE,
    "asset_invalidated": GateKind.PATENT_IN_FORCE,
    "asset_lapsed": GateKind.PATENT_IN_FORCE,
    "asset_pledged": GateKind.RIGHT_FREE,
    "asset_granted": GateKind.RIGHT_FREE,
}
"""Which gate a finding about a right needs."""


def _findings(sale: Sale, today: date) -> list[Needed]:
    """What the rules on listing find today though it was listed: an owner added, a patent expired since."""
    found = []
    for finding in listability(sale.result, sale.transfer_mode, today):
        position = int(finding.field.partition(".")[2] or 0)
        kind = _RIGHTS.get(finding.code)
        if finding.code == "consent_missing":
            owner = sale.result.owners[position].organisation_id
            key = str(owner or "team")
            found.append(Needed(GateKind.CO_OWNER_CONSENT, key, finding.reason.en, organisation_id=owner))
        elif kind is not None:
            title = sale.result.assets[position].title
            found.append(Needed(kind, f"{finding.code}:{title}", finding.reason.en))
    return found


EXCLUSIVE = frozenset({TransferMode.ASSIGNMENT, TransferMode.EXCLUSIVE_LICENCE})


def _abroad(sale: Sale) -> list[Needed]:
    if not sale.abroad:
        return []
    found = []
    if sale.result.export_control == ExportControl.RESTRICTED:
        detail = "technology restricted from export goes abroad; the export licence is missing"
        found.append(Needed(GateKind.RESTRICTED_EXPORT, "-", detail))
    if sale.result.publicly_funded and sale.transfer_mode in EXCLUSIVE:
        detail = "a publicly funded result goes abroad; the funding body's approval is missing"
        found.append(Needed(GateKind.FOREIGN_APPROVAL, "-", detail))
    return found


@dataclass(frozen=True, slots=True)
class OpenGate:
    """A gate that is not settled yet."""

    id: UUID
    kind: GateKind
    detail: str
    lapses_at: datetime | None


def closers_text(kind: GateKind) -> Text:
    """Who settles a gate of that kind, in words."""
    return listed((CLOSER_NAMES[closer] for closer in KINDS[kind].closers), en=" or ", zh="或者")


def gate_open(gates: Sequence[OpenGate]) -> Problem:
    """The refusal `gate_open`: the first gate in words, all of them in `gates`."""
    first = gates[0]
    rule = KINDS[first.kind].rule
    return GATE_OPEN(
        kind=first.kind, detail=Text(first.detail, PENDING_ZH[first.kind]), article=rule.article,
        instrument=rule.instrument, closers=closers_text(first.kind),
        extra={"gates": [
            {
                "id": str(gate.id), "kind": gate.kind, "detail": Text(gate.detail, PENDING_ZH[gate.kind]),
                "rule": KINDS[gate.kind].rule, "closers": list(KINDS[gate.kind].closers),
                "lapses_at": gate.lapses_at.isoformat() if gate.lapses_at else None,
            }
            for gate in gates
        ]},
    )  # fmt: skip


def check_closing(
    kind: GateKind, capacities: Iterable[Closer], closed: tuple[GateOutcome, datetime] | None, *, has_document: bool
) -> None:
    """Whether somebody with these capacities may settle the gate now.

    Raises `gate_not_yours` naming who may, `gate_closed`, and `evidence_missing` for who is not the holder and shows
    no document.
    """
    entitled = set(capacities) & set(KINDS[kind].closers)
    if not entitled:
        raise GATE_NOT_YOURS(kind=kind, closers=closers_text(kind))
    if closed is not None:
        raise GATE_CLOSED(outcome=closed[0], closed_at=closed[1].isoformat())
    if Closer.HOLDER not in entitled and not has_document:
        raise EVIDENCE_MISSING(field="document_id")


def check_not_lapsed(lapses_at: datetime | None, now: datetime) -> None:
    """After its period a gate is settled by time alone; raises `gate_lapsed`."""
    if lapses_at is not None and now >= lapses_at:
        raise GATE_LAPSED(lapses_at=lapses_at.isoformat(), server_time=now.isoformat())
