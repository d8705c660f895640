"""Setting pages: from blocks to the bytes of a PDF (A4, the typeface embedded)."""

from functools import partial
from io import BytesIO
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    KeepTogether,
    ListFlowable,
    LongTable,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
)

from app.office.printing import typeface
from app.office.printing.blocks import Block, Fields, Grid, Heading, Items, Printed, Prose, QrCode

MARGIN: Final = 20 * mm
FOOT: Final = 26 * mm
WIDTH: Final = A4[0] - 2 * MARGIN
INK, RULE_COLOUR, SHADE, PALE = HexColor("#1a1a1a"), HexColor("#b8b8b8"), HexColor("#f2f2f2"), HexColor("#e6c6c6")
CELL_PADDING: Final = 4
QR_SIZE: Final = 32 * mm
QUIET: Final = 4

_BODY: Final = ParagraphStyle(
    "body",
    fontName=typeface.NAME,
    bulletFontName=typeface.NAME,
    fontSize=10,
    leading=15,
    textColor=INK,
    wordWrap="CJK",
    spaceAfter=4,
)
_SMALL: Final = ParagraphStyle("small", parent=_BODY, fontSize=8, leading=12)
_HEADING: Final = ParagraphStyle(
    "heading", parent=_BODY, fontSize=12, leading=18, spaceBefore=8, spaceAfter=4, keepWithNext=True
)
_TITLE: Final = ParagraphStyle("title", parent=_BODY, fontSize=18, leading=26, alignment=TA_CENTER)
_SUBTITLE: Final = ParagraphStyle("subtitle", parent=_BODY, alignment=TA_CENTER, spaceAfter=10)
_CELL: Final = ParagraphStyle("cell", parent=_BODY, spaceAfter=0)
_CELL_RIGHT: Final = ParagraphStyle("cell-right", parent=_CELL, alignment=TA_RIGHT)
# `splitInRow`: a cell may be longer than a page.
_TABLE_STYLE: Final[list[tuple[Any, ...]]] = [
    ("FONTNAME", (0, 0), (-1, -1), typeface.NAME),
    ("GRID", (0, 0), (-1, -1), 0.5, RULE_COLOUR),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), CELL_PADDING),
    ("RIGHTPADDING", (0, 0), (-1, -1), CELL_PADDING),
]


def set_pages(document: Printed) -> bytes:
    """The document as PDF: the same bytes for the same document, whenever and wherever it is printed."""
    typeface.load()
    target = BytesIO()
    # Without the initial font reportlab names Helvetica on every page, which is not embedded.
    template = SimpleDocTemplate(
        target, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=FOOT,
        title=typeface.printable(document.title), lang=document.language, invariant=1,
        initialFontName=typeface.NAME,
    )  # fmt: skip
    story: list[Flowable] = [_paragraph(document.title, _TITLE)]
    story.append(_paragraph(document.subtitle, _SUBTITLE) if document.subtitle else Spacer(0, 8))
    for block in document.blocks:
        story += _flow(block)
    template.build(story, canvasmaker=partial(_Pages, document=document))
    return target.getvalue()


class _Pages(Canvas):  # type: ignore[misc]
    """A canvas that keeps its pages until their number is known, and then prints foot and mark on each."""

    def __init__(self, *args: Any, document: Printed, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._document = document
        self._kept: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 — reportlab's name
        self._kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self._kept, 1):
            self.__dict__.update(page)
            self._print_mark()
            self._print_foot(number, len(self._kept))
            super().showPage()
        super().save()

    def _print_foot(self, number: int, total: int) -> None:
        self.saveState()
        self.setStrokeColor(RULE_COLOUR)
        self.setFillColor(INK)
        self.line(MARGIN, FOOT - 4 * mm, A4[0] - MARGIN, FOOT - 4 * mm)
        self.setFont(typeface.NAME, 7.5)
        for position, line in enumerate(self._document.footer):
            self.drawString(MARGIN, FOOT - (8 + 3.5 * position) * mm, typeface.printable(line))
        self.drawRightString(A4[0] - MARGIN, FOOT - 8 * mm, f"{number} / {total}")
        self.restoreState()

    def _print_mark(self) -> None:
        if not self._document.mark:
            return
        self.saveState()
        self.setFillColor(PALE)
        self.setFillAlpha(0.55)
        self.setFont(typeface.NAME, 84)
        self.translate(A4[0] / 2, A4[1] / 2)
        self.rotate(40)
        self.drawCentredString(0, 0, typeface.printable(self._document.mark))
        self.restoreState()


def _flow(block: Block) -> list[Flowable]:
    match block:
        case Heading():
            return [_paragraph(block.text, _HEADING)]
        case Prose():
            return [_paragraph(block.text, _SMALL if block.small else _BODY)]
        case Fields():
            return _fields(block)
        case Items():
            return _items(block)
        case Grid():
            return [_grid(block), Spacer(0, 6)]
        case QrCode():
            return [_qr_code(block)]


def _paragraph(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(typeface.printable(text)).replace("\n", "<br/>"), style)


def _fields(block: Fields) -> list[Flowable]:
    if not block.rows:
        return []
    cells = [[_paragraph(name, _CELL), _paragraph(value, _CELL)] for name, value in block.rows]
    style = [*_TABLE_STYLE, ("BACKGROUND", (0, 0), (0, -1), SHADE)]
    return [Table(cells, colWidths=[WIDTH * 0.3, WIDTH * 0.7], style=style, splitInRow=1), Spacer(0, 6)]


def _items(block: Items) -> list[Flowable]:
    if not block.items:
        return []
    kind: dict[str, Any] = (
        {"bulletType": "1", "bulletFormat": "%s."} if block.numbered else {"bulletType": "bullet", "start": "•"}
    )
    rows = [_paragraph(item, _BODY) for item in block.items]
    return [ListFlowable(rows, bulletFontName=typeface.NAME, bulletFontSize=10, leftIndent=16, **kind)]


def _grid(block: Grid) -> LongTable:
    weights = block.weights or [1] * len(block.header)
    widths = [WIDTH * weight / sum(weights) for weight in weights]
    styles = [_CELL_RIGHT if column in block.right else _CELL for column in range(len(block.header))]
    cells = [
        [_paragraph(text, style) for text, style in zip(row, styles, strict=True)]
        for row in (block.header, *block.rows)
    ]
    style = [*_TABLE_STYLE, ("BACKGROUND", (0, 0), (-1, 0), SHADE)]
    return LongTable(cells, colWidths=widths, style=style, repeatRows=1, splitInRow=1)


def _qr_code(block: QrCode) -> KeepTogether:
    lines = [_paragraph(line, _SMALL) for line in block.lines]
    table = Table([[_Squares(block.content), lines]], colWidths=[QR_SIZE + 4 * mm, WIDTH - QR_SIZE - 4 * mm])
    table.setStyle(
        [
            ("FONTNAME", (0, 0), (-1, -1), typeface.NAME),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("LEFTPADDING", (0, 0), (0, 0), 0),
        ]
    )
    return KeepTogether([table])


class _Squares(Flowable):  # type: ignore[misc]
    """A QR code with the quiet zone of four modules; reportlab's own drawing would name a font that is not embedded."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.width = self.height = QR_SIZE
        self._code = QRCode(None, QRErrorCorrectLevel.M)
        self._code.addData(content)
        self._code.make()

    def draw(self) -> None:
        count = self._code.getModuleCount()
        side = QR_SIZE / (count + 2 * QUIET)
        self.canv.setFillColor(INK)
        for row in range(count):
            for column in range(count):
                if self._code.isDark(row, column):
                    x, y = (column + QUIET) * side, QR_SIZE - (row + QUIET + 1) * side
                    self.canv.rect(x, y, side, side, stroke=0, fill=1)
