"""A search as it is kept: what the engine looks for, made of what its owner wants."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from app.finding.filters import one_of
from app.finding.saved import problems, rules
from app.finding.saved.kinds import SearchedFor
from app.finding.saved.models import SavedSearch
from app.finding.saved.schemas import DemandsWanted, ListingsWanted, Search
from search.engine import Query
from search.indexes import index
from search.postgres import percolation
from search.text.queries import parse

_SEARCH: Final = TypeAdapter[ListingsWanted | DemandsWanted](Search)
_OPEN: Final = one_of(status="published")
"""What is told of is still to be had."""


def query_of(wanted: ListingsWanted | DemandsWanted) -> Query:
    """What an engine is asked. Raises `search_finds_nothing`."""
    filters = tuple(each for _, each in (*wanted.filters(), *_OPEN))
    rules.check_bounds(filters)
    query = Query(parse(wanted.q) if wanted.q is not None else None, filters)
    if percolation.meets_nothing(query):
        raise problems.SEARCH_FINDS_NOTHING(field="search.q")
    return query


def form_of(searched_for: SearchedFor) -> str:
    """Changes with the settings of the index."""
    return percolation.form(index(searched_for))


def kept(wanted: ListingsWanted | DemandsWanted) -> Mapping[str, Any]:
    """The columns that are made of a search; finding its words takes milliseconds. Raises `search_finds_nothing`."""
    made = percolation.keep(index(wanted.searched_for), query_of(wanted))
    return {
        "form": form_of(SearchedFor(wanted.searched_for)),
        "asked": made.asked,
        "anchors": list(made.anchors),
        "phrases": list(made.phrases),
        "least": list(made.least),
        "most": list(made.most),
    }


def keep_again(row: SavedSearch) -> None:
    """Make the columns again under today's settings."""
    for name, value in kept(_SEARCH.validate_python(row.search)).items():
        setattr(row, name, value)
