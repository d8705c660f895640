"""Printed documents: the same bytes for the same input, a font that is inside, and no text that stops the press."""

import asyncio
import re
import zlib
from base64 import a85decode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfbase.pdfmetrics import getFont

from app.office.printing.blocks import Fields, Grid, Heading, Items, Printed, Prose, QrCode
from app.office.printing.pages import set_pages
from app.office.printing.service import print_pdf
from app.office.printing.typeface import MISSING, NAME, printable

TEXT = st.text(max_size=60)


def _document(rows: int = 3, mark: str = "") -> Printed:
    return Printed(
        title="技术交易凭证 Transaction certificate",
        subtitle="WH-Z-2026-000001",
        blocks=[
            Heading("一、当事方 Parties"),
            Fields([("转让方 Seller", "示例大学 & <b>"), ("价款 Price", "1000000.00")]),
            Prose("第一行\n第二行"),
            Items(["甲", "乙"]),
            Items(["first", "second"], numbered=True),
            Grid(
                ["序号", "事项", "金额"], [[str(row), "说明", "1.00"] for row in range(rows)], (1, 4, 2), frozenset({2})
            ),
            QrCode("https://techex.example/v1/x", ["扫码核验 Scan"]),
        ],
        footer=["核验码 7K3M-9XQ2", "SHA-256 " + "0" * 64],
        mark=mark,
    )


def _pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b(?!s)", pdf))


async def test_the_same_document_is_the_same_bytes_even_when_many_are_printed_at_once() -> None:
    first = set_pages(_document())
    assert first.startswith(b"%PDF-")
    assert set(await asyncio.gather(*(print_pdf(_document()) for _ in range(4)))) == {first}
    assert set_pages(_document(mark="作废")) != first


def test_the_font_is_inside() -> None:
    pdf = set_pages(_document())
    assert b"/FontFile2" in pdf
    fonts = set(re.findall(rb"/BaseFont /([\w+-]+)", pdf))
    assert fonts
    assert all(name.endswith(b"NotoSansSC-Regular") for name in fonts), fonts


def _unpacked(stream: bytes) -> bytes:
    packed = stream.strip()
    return zlib.decompress(a85decode(b"<~" + packed, adobe=True) if packed.endswith(b"~>") else stream)


def test_b10_names_with_rare_characters_print_and_are_read_out() -> None:
    """GB 18030-2022, level 2: a glyph each (0 is .notdef), and the text that a reader copies or searches."""
    names = "王㛃 张䶮 李𬭊 𠮷野 㐂"
    assert printable(names) == names
    glyphs = getFont(NAME).face.charToGlyph
    assert all(glyphs.get(ord(character)) for character in names)
    assert all(glyphs.get(code) for code in (*range(0x3400, 0x4DB6), *range(0x4E00, 0x9FF0)))
    pdf = set_pages(Printed(title=names, blocks=[], footer=[]))
    texts = b"".join(map(_unpacked, re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)))
    for character in set(names) - {" "}:
        assert f"<{character.encode('utf-16-be').hex().upper()}>".encode() in texts, character


def test_a_long_table_runs_over_pages() -> None:
    assert (_pages(set_pages(_document())), _pages(set_pages(_document(rows=200)))) == (1, 7)


def test_a_cell_may_be_longer_than_a_page() -> None:
    assert _pages(set_pages(Printed("长文", [Fields([("条款", "条款内容。\n" * 200)])]))) > 3


@pytest.mark.parametrize(
    ("given_text", "printed"),
    [
        ("镕喆㎡ €5 – “引号” •", "镕喆㎡ €5 – “引号” •"),
        ("e\u0301", "é"),
        ("\U00030000", MISSING),
        ("😀", MISSING),
        ("a\u200bb\u202ec\x00d", "abcd"),
        ("a\r\nb\tc", "a\nb c"),
    ],
)
def test_what_the_font_has_not_is_marked(given_text: str, printed: str) -> None:
    assert printable(given_text) == printed


@settings(max_examples=30)
@given(st.lists(st.tuples(TEXT, TEXT), max_size=4), TEXT, st.lists(TEXT, max_size=3))
def test_no_text_stops_the_press(rows: list[tuple[str, str]], text: str, items: list[str]) -> None:
    blocks = [Fields(rows), Prose(text), Items(items), Grid(["a", "b"], rows)]
    assert set_pages(Printed(text, blocks, footer=[text])).startswith(b"%PDF-")


def test_a_table_needs_rows_as_long_as_its_header() -> None:
    with pytest.raises(ValueError, match="header"):
        Grid(["a", "b"], [["1"]])
