"""Printing a document as PDF."""

import asyncio

from app.office.printing.blocks import Printed


async def print_pdf(document: Printed) -> bytes:
    """The document as PDF: the same bytes for the same document, whenever and wherever it is printed.

    Works in a thread: setting a page takes milliseconds, for which the event loop would stand still.
    """
    return await asyncio.to_thread(_set_pages, document)


def _set_pages(document: Printed) -> bytes:
    # reportlab takes 0.2 s and 15 MB: a process that prints nothing, or has not yet, does without.
    from app.office.printing.pages import set_pages  # noqa: PLC0415

    return set_pages(document)
