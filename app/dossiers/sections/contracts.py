"""What contracts tell a price dossier: drafts, signatures and the registration, as far as they say the price."""

from collections.abc import Mapping

from app.contracts import queries
from app.contracts.models import Contract
from app.core.access import Actor
from app.core.database import Session
from app.core.history import events
from app.core.history.events import Event
from app.core.problems import Text
from app.dossiers.kinds import Capacity
from app.dossiers.story import By, Entry, Section
from app.market.deals.models import Deal

HAPPENED: Mapping[str, Text] = {
    "contract.drafted": Text("Contract drafted", "起草合同"),
    "contract.amended": Text("Contract amended", "变更合同"),
    "contract.party_signed": Text("Signed by a party", "一方签署"),
    "contract.signed": Text("Signed by all", "全部签署"),
    "contract.registration_submitted": Text("Registration applied for", "申请认定登记"),
    "contract.registration_accepted": Text("Application accepted", "受理申请"),
    "contract.registration_supplements_requested": Text("Supplements requested", "要求补正"),
    "contract.registered": Text("Registered", "准予登记"),
    "contract.registration_refused": Text("Registration refused", "不予登记"),
    "contract.registration_cancelled": Text("Registration cancelled", "注销登记"),
}
TOLD = ("type", "total_amount", "technical_amount", "revision", "regime", "accepted_on", "decision_due_on")
HIDDEN = Text(
    "Only the parties of a contract and the exchange's staff see its content.",
    "合同内容仅限合同当事人和交易机构工作人员查阅，此处不予列示。",
)


async def contract_history(session: Session, deal: Deal, actor: Actor) -> list[Section]:
    """The contracts of the deal of which the reader is a party; all for the market's staff. Payments are not told."""
    contracts = {row.id: row for row in await queries.of_deal(session, actor, deal.id)}
    entries = [
        _entry(contracts[event.subject_id], event)
        for event in await events.of_subjects(session, contracts)
        if event.type in HAPPENED
    ]
    title = Text("Contract and registration", "合同与认定登记")
    return [Section("contracts", title, entries, withheld=None if actor.is_staff else HIDDEN)]


def _entry(contract: Contract, event: Event) -> Entry:
    about = event.payload
    registered = {"registration": about["number"]} if "contract_number" in about else {}
    return Entry.of(
        event,
        _by(contract, event),
        HAPPENED[event.type],
        {"number": contract.number} | registered | {name: about[name] for name in TOLD if name in about},
    )


def _by(contract: Contract, event: Event) -> By:
    for party in contract.parties:
        if party.organisation_id == event.actor_organisation_id:
            return By(Capacity(party.role), party.organisation_id)
    return By(Capacity.REGISTRAR if event.actor_person_id else Capacity.TIME)
