"""The scenarios in `rights/`, written so that a lawyer can read and correct them.

A scenario tells the history of one right: grants with their days and scope, and what happened to the right. Then it
asks on a day, for a seller, which findings refuse a mode: an empty list means that it may be sold so.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest
import yaml

from app.catalogue.results.kinds import ExportControl, IpType, Secrecy, TransferMode
from app.catalogue.results.listability import AssetFacts, ListingFacts, OwnerFacts, listability, notes_on
from app.catalogue.rights.kinds import AssetEventKind
from app.catalogue.rights.rules.exclusion import Granted, in_the_way, passed_on
from app.catalogue.rights.rules.standing import Recorded

FOLDER = Path(__file__).parent / "rights"
NAMES = UUID(int=7)
Json = dict[str, Any]


def _cases() -> list[Any]:
    files = sorted(FOLDER.glob("*.yaml"))
    return [pytest.param(yaml.safe_load(file.read_text(encoding="utf-8")), id=file.stem) for file in files]


def _who(name: str) -> UUID:
    return uuid5(NAMES, name)


def _grant(said: Json) -> Granted:
    return Granted(
        mode=TransferMode(said["grant"]),
        grantors=frozenset({_who(said["by"])}),
        grantees=frozenset({_who(said["to"])} if "to" in said else ()),
        field_of_use=said.get("field"),
        territory=said.get("territory"),
        first=said["from"],
        last=said.get("until"),
        deal_id=_who(said["deal"]) if "deal" in said else None,
    )


def _history(said: Json) -> tuple[list[Granted], list[Recorded]]:
    """The grants that hold, as the register keeps them, and the events."""
    held: list[Granted] = []
    recorded: list[Recorded] = []
    known: dict[str, Any] = {}
    for number, step in enumerate(said["history"]):
        if "grant" in step:
            made = _grant(step)
            blocking = in_the_way(made, held)
            assert bool(blocking) == step.get("refused", False), step
            if not blocking:
                over = passed_on(made, held)
                held = [grant for grant in held if grant not in over] + [made]
                known[step.get("name", str(number))] = made
        elif "cancelled" in step:
            held.remove(known[step["cancelled"]])
        else:
            about = known[step["about"]].id if "about" in step else None
            event = Recorded(UUID(int=number + 1), AssetEventKind(step["event"]), step["day"], about)
            recorded.append(event)
            known[step.get("name", str(number))] = event
    return held, recorded


def _facts(said: Json, asked: Json) -> ListingFacts:
    held, recorded = _history(said)
    seller = _who(asked["by"])
    asset = AssetFacts(
        0, IpType(said.get("type", "patent")), said["title"], said.get("expires_on", date(2040, 1, 1)), None,
        events=tuple(recorded), grants=tuple(held),
    )  # fmt: skip
    return ListingFacts(
        seller, seller, Secrecy.NONE, ExportControl.NONE, False, (asset,),
        (OwnerFacts(seller, asked["by"], Decimal(1)),), frozenset(),
        field_of_use=asked.get("field"), territory=asked.get("territory"),
    )  # fmt: skip


@pytest.mark.parametrize("said", _cases())
def test_scenario(said: Json) -> None:
    assert said["article"]
    assert said["ask"]
    for asked in said["ask"]:
        facts, mode = _facts(said, asked), TransferMode(asked["mode"])
        assert [finding.code for finding in listability(facts, mode, asked["day"])] == asked["refused_by"], asked
        notes = [note.code for note in notes_on(facts, mode, asked["day"], for_staff=False)]
        assert ("subject_to_licences" in notes) == asked.get("with_licences", False), asked
