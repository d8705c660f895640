"""Gathering a price dossier: the sections that the packages tell, the events behind them, and their seals."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.core.access import Actor
from app.core.canonical import canonical_json, sha256_hex
from app.core.database import Session
from app.core.history import audit, events
from app.core.history.events import Event
from app.core.problems import Rule, Text
from app.core.schemas import Bilingual
from app.dossiers import rules, schemas
from app.dossiers import sections as story_of
from app.dossiers.problems import BASIS, BASIS_TITLE
from app.dossiers.rules import Happened, Happenings
from app.dossiers.story import Attachment, Entry, Section
from app.dossiers.verification.comparing import compare
from app.identity.names.queries import names_on
from app.market.deals import queries as deals

ORGANISATION = "organisation_id"
APPRAISER = "appraiser_id"


async def gather(session: Session, actor: Actor, deal_id: UUID) -> schemas.Dossier:
    """The dossier of a deal as the actor may see it; raises `not_found` for a deal it does not see.

    The session must read one moment (`Database.snapshot`), so that the parts agree with each other and with the end
    of the audit chain. Nothing in it depends on the time of the reading.
    """
    deal = await deals.get_deal(session, actor, deal_id)
    sections = await story_of.told(session, deal, actor)
    position, head = await audit.head(session)
    found = await _happened(session, sections)
    happened = Happenings(Happened(row.id, row.seq, row.type, row.subject_id, row.payload) for row in found.values())
    shown = [_section(section, happened) for section in sections]
    texts = {sha256_hex(text): text for section in sections for entry in section.entries for text in entry.texts}
    named = await names_on(session, {*_organisations(shown)}, session.city.day_of(deal.agreed_at))
    parties = {party.organisation_id: party.role for party in deal.parties}
    return schemas.Dossier(
        basis=_rule(BASIS),
        basis_title=_text(BASIS_TITLE),
        deal=schemas.DealRef(id=deal.id, number=deal.number),
        reader=schemas.DossierReaderOut(view=rules.view_of(actor, parties), organisation_id=actor.organisation_id),
        audit=schemas.ChainEnd(sealed=position, head=head),
        organisations=[schemas.NamedOrganisation(id=key, name=named[key]) for key in sorted(named)],
        sections=shown,
        comparables=await compare(session, deal),
        texts=dict(sorted(texts.items())),
        events=await _seals(session, actor, found, shown),
    )


async def attachments(session: Session, actor: Actor, deal_id: UUID) -> list[Attachment]:
    """The files that go into a bundle next to the dossier; read their pieces in the same moment, in this session."""
    return await story_of.attached(session, await deals.get_deal(session, actor, deal_id), actor)


async def canonical(dossier: schemas.Dossier) -> bytes:
    """The dossier in canonical JSON (RFC 8785): what its SHA-256 is of.

    Works in a thread: a long one takes seconds, for which the event loop would stand still.
    """
    return await asyncio.to_thread(lambda: canonical_json(dossier))


async def _happened(session: Session, sections: Sequence[Section]) -> dict[UUID, Event]:
    """The events that the entries name, else all those on what they are about; by id, oldest first.

    Of a subject with thousands of events, such as an auction, the few that are told are named.
    """
    traces = [trace for section in sections for entry in section.entries for trace in entry.traces]
    named = {trace.event_id for trace in traces if trace.event_id is not None}
    subjects = {trace.subject_id for trace in traces if trace.event_id is None}
    found = [*await events.by_ids(session, named), *await events.of_subjects(session, subjects)]
    return {event.id: event for event in sorted(found, key=lambda event: event.seq)}


def _section(section: Section, happened: Happenings) -> schemas.DossierSectionOut:
    return schemas.DossierSectionOut(
        key=section.key,
        title=_text(section.title),
        withheld=_text(section.withheld) if section.withheld else None,
        entries=[_entry(entry, happened) for entry in section.entries],
    )


def _entry(entry: Entry, happened: Happenings) -> schemas.DossierEntryOut:
    return schemas.DossierEntryOut(
        at=entry.at,
        by=schemas.ByOut(capacity=entry.by.capacity, organisation_id=entry.by.organisation_id),
        what=_text(entry.what),
        facts={name: plain(value) for name, value in entry.facts.items()},
        rule=_rule(entry.rule) if entry.rule else None,
        documents=[schemas.PaperOut(title=paper.title, sha256=paper.sha256) for paper in entry.documents],
        texts=[sha256_hex(text) for text in entry.texts],
        events=[event.id for event in happened.behind(entry.traces)],
    )


async def _seals(
    session: Session, actor: Actor, found: Mapping[UUID, Event], shown: Sequence[schemas.DossierSectionOut]
) -> list[schemas.EventSeal]:
    named = {event_id for section in shown for entry in section.entries for event_id in entry.events}
    behind = [event for event in found.values() if event.id in named]
    links = await audit.links_of(session, [row.seq for row in behind])
    return [_seal(actor, row, links.get(row.seq)) for row in behind]


def _seal(actor: Actor, event: Event, link: audit.Link | None) -> schemas.EventSeal:
    whole = rules.sees_whole(
        actor,
        is_for=events.is_for(event, actor),
        acting=event.actor_organisation_id,
        by_person=event.actor_person_id is not None,
    )
    return schemas.EventSeal(
        id=event.id,
        type=event.type,
        occurred_at=event.occurred_at,
        position=link.position if link else None,
        previous=link.previous if link else None,
        hash=link.hash if link else None,
        content=audit.content_of(event, link.version) if link and whole else None,
    )


def plain(value: Any) -> Any:
    """A fact as JSON has it: money and shares as strings to their places, times in UTC, ids as text."""
    match value:
        case None | bool() | int():
            found: Any = value
        case str() | UUID():
            found = str(value)
        case Decimal():
            found = f"{value:f}"
        case datetime():
            found = value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            found = value.isoformat()
        case Mapping():
            found = {str(name): plain(item) for name, item in value.items()}
        case _:
            found = [plain(item) for item in value]
    return found


def _organisations(shown: Sequence[schemas.DossierSectionOut]) -> Iterator[UUID]:
    """Every organisation that the entries name: who acted, and those in the facts."""
    for section in shown:
        for entry in section.entries:
            if entry.by.organisation_id is not None:
                yield entry.by.organisation_id
            yield from _in_facts(entry.facts)


def _in_facts(value: Any) -> Iterator[UUID]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            if name in (ORGANISATION, APPRAISER) and item is not None:
                yield UUID(item)
            else:
                yield from _in_facts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _in_facts(item)


def _text(text: Text) -> Bilingual:
    return Bilingual(en=text.en, zh=text.zh)


def _rule(rule: Rule) -> schemas.RuleRef:
    return schemas.RuleRef(instrument=_text(rule.instrument), article=rule.cited)
