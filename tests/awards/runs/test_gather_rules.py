"""What becomes of recorded rows when they are made facts, without a database."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from app.awards.runs import gather
from app.awards.technology.rules.facts import RelatedParties
from app.identity.relations import Relation
from app.market.deals.kinds import PartyRole

FIRST, SECOND, LI, WU, ZHAO = (UUID(int=n) for n in range(5))


def test_an_agency_has_its_own_brokers_and_no_other_s() -> None:
    brokers = [
        SimpleNamespace(broker_id=broker, agency_id=agency, share=Decimal(share))
        for broker, agency, share in ((LI, FIRST, "0.6"), (WU, FIRST, "0.4"), (ZHAO, SECOND, "1"))
    ]
    contract: Any = SimpleNamespace(brokers=brokers, agency_service="居间撮合")
    found = {}
    for agency in (FIRST, SECOND):
        party: Any = SimpleNamespace(organisation_id=agency, share=Decimal("0.5"))
        found[agency] = [(broker.broker_id, broker.share) for broker in gather._agency(contract, party).brokers]
    assert found == {FIRST: [(str(LI), Decimal("0.6")), (str(WU), Decimal("0.4"))], SECOND: [(str(ZHAO), Decimal(1))]}


def test_a5_who_joins_a_contract_by_a_merger_is_judged_as_a_related_party_on_that_day() -> None:
    buyer, seller, heir, fourth = (UUID(int=n) for n in range(4))
    signed, merged = date(2024, 1, 1), date(2024, 7, 1)

    def found(first: UUID, second: UUID, since: date | None, until: date | None = None) -> tuple[RelatedParties, ...]:
        relation = Relation(first, second, "control", None, "d", "s", since, until)
        bodies = gather._Bodies(frozenset(), [], {buyer: (heir, merged)}, [relation])
        sides: Any = {
            PartyRole.BUYER: [SimpleNamespace(organisation_id=buyer)],
            PartyRole.SELLER: [SimpleNamespace(organisation_id=seller)],
        }
        return gather._related(sides, bodies, signed)

    of_heir, of_merged = (RelatedParties(str(one), str(seller), "d") for one in (heir, buyer))
    assert found(heir, seller, None) == (of_heir,), "of the heir: from the merger on, not before"
    assert found(seller, heir, signed, merged - timedelta(days=1)) == ()
    assert found(buyer, seller, None) == (of_merged, of_heir), "of the merged one: it passes to its heir"
    assert found(buyer, seller, signed + timedelta(days=1)) == (of_heir,)
    assert found(seller, fourth, None) == ()
