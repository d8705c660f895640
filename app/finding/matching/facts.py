"""What is public of a demand and of an offer, read off the rows that searches show. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.catalogue.demands.kinds import SolutionWay
from app.catalogue.results.kinds import TechnicalField, TransferMode
from app.finding.documents import Row, indicators
from app.finding.matching.rules import Need, Offer
from search.text import clues
from search.text.clues import Clue, Said


@dataclass(frozen=True, slots=True)
class Party:
    """A party under its name."""

    id: UUID
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Thing:
    """A demand or an offer as matching compares it. `by`: who asks, or who offers (None: hidden)."""

    row: Row
    title: str
    number: str
    facts: Need | Offer
    by: Party | None
    agency: Party | None
    texts: Sequence[str]

    def said(self) -> Said:
        """Its texts, to be held against clues."""
        return Said.of(self.title, self.texts)


def demand(row: Row) -> Thing:
    """A demand."""
    content = json.loads(row["content"])
    need = Need(
        field=TechnicalField(content["technical_field"]),
        industry=content["industry_code"],
        ways=frozenset(map(SolutionWay, content["solutions"])),
        budget=row["budget"],
        city=content["demander_city"],
    )
    by = content["demander"] and {**content["demander"], "kind": content["demander_kind"]}
    texts = [
        *content["keywords"],
        content["target"],
        content["problem"],
        content["conditions"] or "",
        indicators(content) or "",
    ]
    return Thing(row, content["title"], content["number"], need, _party(by), None, texts)


def offer(row: Row) -> Thing:
    """A listing, or a result by what its latest listing publishes of it."""
    content = json.loads(row["content"])
    result = content["result"]
    shown = result if "listings" in row else content
    offered = Offer(
        field=TechnicalField(result["technical_field"]),
        readiness=result["readiness_level"],
        price=Decimal(content["asking_price"]),
        mode=TransferMode(content["transfer_mode"]),
        city=row["division"],
    )
    rights = [right["title"] for right in json.loads(row["rights"])]
    texts = [result["title"], content["title"], content["summary"], *rights]
    by, agency = _party(content["seller"]), _party(content["agency"])
    return Thing(row, shown["title"], shown["number"], offered, by, agency, texts)


def clues_of(row: Row) -> list[Clue]:
    """By which words what may fit a demand or a listing is looked for."""
    content = json.loads(row["content"])
    if "keywords" in content:
        return clues.of(content["keywords"], content["title"], content["target"], content["problem"])
    return clues.of((), f"{content['result']['title']}\n{content['title']}", content["summary"])


def _party(known: Mapping[str, Any] | None) -> Party | None:
    return Party(UUID(known["id"]), known["name"], known["kind"]) if known else None
