"""What certificates tell a price dossier: when one was due, issued, revoked.

The certificate itself is not in it: everybody who has its verification code may check it, and a dossier is passed on.
"""

from collections.abc import Mapping
from uuid import UUID

from app.contracts.certificates import queries
from app.contracts.certificates.models import Certificate
from app.contracts.certificates.problems import ISSUE_RULE
from app.core.access import Actor
from app.core.database import Session
from app.core.history import events
from app.core.history.events import Event
from app.core.problems import Text
from app.dossiers.kinds import Capacity
from app.dossiers.story import By, Entry, Fact, Section
from app.market.deals.models import Deal

DUE: Mapping[str, Text] = {
    "certificate.due": Text("Conditions met: certificate to be issued", "出具条件已具备"),
    "certificate.overdue": Text("Not issued in time", "逾期未出具"),
}


async def certificate_history(session: Session, deal: Deal, actor: Actor) -> list[Section]:
    """The deal's certificates for all who see the deal; none where nothing has come of them yet."""
    certificates = {row.id: row for row in await queries.of_deal(session, deal.id)}
    entries = []
    for event in await events.of_subjects(session, [deal.id, *certificates]):
        if event.type in DUE and events.is_for(event, actor):
            entries.append(_due(event))
        elif event.subject_id in certificates:
            entries.append(_moved(certificates, event))
    return [Section("certificates", Text("Transaction certificate", "交易凭证"), entries)] if entries else []


def _due(event: Event) -> Entry:
    return Entry.of(
        event,
        By(Capacity.EXCHANGE if event.type == "certificate.due" else Capacity.TIME),
        DUE[event.type],
        {"issue_due_on": event.payload["issue_due_on"]},
        rule=ISSUE_RULE,
    )


def _moved(certificates: Mapping[UUID, Certificate], event: Event) -> Entry:
    row = certificates[event.subject_id]
    facts: dict[str, Fact] = {"number": row.number}
    if event.type == "certificate.issued":
        replaced = certificates[row.replaces_id].number if row.replaces_id else None
        facts |= {"sha256": row.sha256, "replaces": replaced}
        what, by = Text("Certificate issued", "出具交易凭证"), Capacity.OPERATOR
    elif event.type == "certificate.ground_lost":
        facts |= {"missing": event.payload["missing"], "ground_due_on": event.payload["ground_due_on"]}
        what, by = Text("Condition of the certificate lost", "出证条件丧失"), Capacity.EXCHANGE
    elif event.type == "certificate.ground_restored":
        what, by = Text("Conditions of the certificate restored", "出证条件恢复"), Capacity.EXCHANGE
    else:
        assert row.revocation is not None
        facts["reason"] = row.revocation.reason
        what = Text("Certificate revoked", "撤销交易凭证")
        by = Capacity.OPERATOR if row.revocation.revoked_by_person_id else Capacity.EXCHANGE
    return Entry.of(event, By(by), what, facts, rule=ISSUE_RULE)
