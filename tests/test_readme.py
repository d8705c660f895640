"""The README's first deal works as written, and the Chinese README shows the same one.

`TECHEX_RECORD=1 pytest tests/test_readme.py` writes the outputs into both anew.
"""

from tests.support.recorded_docs import Played, agrees, blocks, played

__all__ = ["played"]
README, CHINESE = "README.md", "README.zh-CN.md"


def test_the_first_deal_works_as_written(played: Played) -> None:
    assert "Award statement WH-A-" in played.printed
    assert "art. 14" in played.printed
    assert "/docs" in played.printed
    agrees(README, played)


def test_the_chinese_readme_has_the_same_commands() -> None:
    assert [block["command"] for block in blocks(CHINESE)] == [block["command"] for block in blocks(README)]


def test_the_chinese_readme_shows_the_same_outputs(played: Played) -> None:
    agrees(CHINESE, played, source=README)
