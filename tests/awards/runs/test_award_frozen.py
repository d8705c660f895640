"""Runs stored by earlier releases are read and recomputed to the byte: their verification must never fail."""

import hashlib
import json
from pathlib import Path

import pytest

from app.awards.runs.frozen import recompute
from app.awards.technology.rules.stated import FORMER
from app.core.canonical import canonical_json, sha256_hex

STORED = json.loads((Path(__file__).parent / "frozen_0_1.json").read_text(encoding="utf-8"))


def test_a_run_of_release_0_1_recomputes_to_the_byte() -> None:
    facts = json.loads(STORED["facts"])
    assert set(FORMER) <= set(facts["programme"]["parameters"])
    outcome = recompute(facts).as_json()
    assert sha256_hex(canonical_json(outcome)) == STORED["outcome_sha256"]
    # F, kind 1: the same without our code, as docs/reference/events.md says it.
    plain = json.dumps(outcome, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(plain.encode()).hexdigest() == STORED["outcome_sha256"]
    assert canonical_json(facts).decode() == STORED["facts"]


def test_a_run_that_was_tampered_with_is_told_from_it() -> None:
    facts = json.loads(STORED["facts"].replace('"value":"0.08"', '"value":"0.09"'))
    assert sha256_hex(canonical_json(recompute(facts).as_json())) != STORED["outcome_sha256"]
    with pytest.raises(ValueError, match="only 'lapses' was ever implemented"):
        recompute(json.loads(STORED["facts"].replace('"value":"lapses"', '"value":"carries"')))
