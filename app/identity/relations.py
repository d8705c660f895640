"""Pure facts of related parties (关联方), and for whom a finding holds after a merger."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import product
from uuid import UUID

from app.identity.mergers.rules import Successions, heir_on


@dataclass(frozen=True, slots=True)
class Relation:
    """A recorded finding that two organisations are related parties; an open end means always."""

    first_id: UUID
    second_id: UUID
    kind: str
    share: Decimal | None
    detail: str
    source: str
    valid_from: date | None
    valid_to: date | None

    def holds_on(self, day: date) -> bool:
        return (self.valid_from or date.min) <= day <= (self.valid_to or date.max)


def related_on(
    findings: Iterable[Relation], successions: Successions, organisations: Iterable[UUID], day: date
) -> Iterator[Relation]:
    """The findings between some organisations that hold on a day, each with the two that it holds between.

    What was found of a merged organisation holds for its heir [P], and what is found of the heir holds for whom it
    stands for: the heir holds the shares of both. Two for whom one body stands are related without a finding.
    """
    bodies: dict[UUID, list[UUID]] = {}
    for organisation in dict.fromkeys(organisations):
        bodies.setdefault(heir_on(successions, organisation, day), []).append(organisation)
    for members in bodies.values():
        for first, second in product(members, members):
            if first < second:
                yield Relation(first, second, "merger", None, "合并 merged", "GET /v1/organisation-mergers", None, None)
    for finding in findings:
        if finding.holds_on(day):
            sides = (bodies.get(heir_on(successions, side, day), []) for side in (finding.first_id, finding.second_id))
            for first, second in product(*sides):
                if first != second:
                    yield replace(finding, first_id=first, second_id=second)
