"""x"""
from tests.recorded_docs import Played, agrees, played
__all__ = ["played"]
import pytest
@pytest.mark.parametrize("document", ["docs/integration.md"])
def test_the_examples_work_as_written(document: str, played: Played) -> None:
    agrees(document, played)
