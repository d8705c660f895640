"""What becomes of recorded rows when they are made facts, without a database."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from app.awards.runs import gather

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
