"""Holding the audit chain against anchors that were kept outside, for `techex audit verify --anchors`."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Final

from app.core import keys
from app.core.clock import read_clock
from app.core.database import Session
from app.core.history.audit import GENESIS, AuditReport, Further
from app.core.problems import Problem
from app.core.settings import Settings
from app.pricing.auction.proof.receipts import Signer, key_id_of
from app.system.anchors import queries, rules

AT_ONCE: Final = 1000
MOST_GAPS: Final = 20


def known_keys(settings: Settings, given: Collection[bytes]) -> Mapping[str, bytes]:
    """By id the public keys that are trusted: those given, and this installation's own where its settings have one.

    The keys on record in the database are not among them: it is the database that is checked.
    """
    try:
        own = [Signer(keys.load(settings).signing_seed).public_key]
    except Problem:
        own = []
    return {key_id_of(key): key for key in (*given, *own)}


def against_anchors(lines: Sequence[str], known: Mapping[str, bytes]) -> Further:
    """For `audit.verify`: names the first line that does not hold, and counts the others. No line proves nothing.

    Days without an anchor are notes: a worker may have stood still, or a line was taken out.
    """

    async def check(session: Session, report: AuditReport) -> None:
        report.anchors, wrong, days = 0, [], set[date]()
        numbered = [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
        for start in range(0, len(numbered), AT_ONCE):
            batch = numbered[start : start + AT_ONCE]
            read = [(number, _read(line)) for number, line in batch]
            positions = [anchor.position for _, anchor in read if anchor is not None]
            days.update(anchor.day for _, anchor in read if anchor is not None)
            chain = {0: GENESIS} | await queries.hashes_at(session, positions)
            for number, anchor in read:
                problem = "cannot be read" if anchor is None else _problem(anchor, chain, known)
                if problem:
                    wrong.append(f"anchor in line {number}: {problem}")
            report.anchors += len(batch)
        if not numbered:
            report.problems.append("there is no anchor: nothing is proven by them")
        report.problems += wrong[:1]
        if wrong[1:]:
            report.problems.append(f"… and {len(wrong) - 1} anchors more do not hold")
        gaps = rules.missing(days, session.city.day_of(await read_clock(session)))
        report.notes += [_gap(first, last) for first, last in gaps[:MOST_GAPS]]
        if gaps[MOST_GAPS:]:
            report.notes.append(f"… and {len(gaps) - MOST_GAPS} gaps more")

    return check


def _gap(first: date, last: date) -> str:
    days = f"{first} to {last}, {(last - first).days + 1} days" if last > first else f"{first}"
    return f"no anchor of {days}: no worker ran, or a line was taken out"


def _read(line: str) -> rules.Anchor | None:
    try:
        return rules.read(line)
    except (ValueError, RecursionError):
        return None


def _problem(anchor: rules.Anchor, chain: Mapping[int, bytes], known: Mapping[str, bytes]) -> str | None:
    key = known.get(anchor.key_id)
    if key is None:
        return f"signed by the key {anchor.key_id}, which is not known: give it with --key, from elsewhere"
    if not anchor.is_signed_by(key):
        return "its signature is wrong"
    found = chain.get(anchor.position)
    if found is None:
        return f"position {anchor.position} of {anchor.day} is not in the chain: its end was cut off"
    if found != anchor.head:
        return f"position {anchor.position} had another head on {anchor.day}: the chain was rewritten after that day"
    return None
