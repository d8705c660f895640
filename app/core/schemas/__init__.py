"""The types of what comes in and goes out: bodies, numbers, times, text. Every field of an input is one of these."""

from app.core.schemas.bodies import CANONICAL_ID, HYPHENATED_ID, Bilingual, Id, Input, Output, ReasonIn, RuleOut, unset
from app.core.schemas.numbers import (
    LARGEST_AMOUNT,
    Agreed,
    Amount,
    AskedFlag,
    AskedWhole,
    ExchangeRate,
    Flag,
    Money,
    PositiveMoney,
    Share,
    SignedMoney,
    Whole,
)
from app.core.schemas.text import DivisionCode, Line, Name, Prose, Readable, Written
from app.core.schemas.times import Day, Moment

__all__ = [
    "CANONICAL_ID",
    "HYPHENATED_ID",
    "LARGEST_AMOUNT",
    "Agreed",
    "Amount",
    "AskedFlag",
    "AskedWhole",
    "Bilingual",
    "Day",
    "DivisionCode",
    "ExchangeRate",
    "Flag",
    "Id",
    "Input",
    "Line",
    "Moment",
    "Money",
    "Name",
    "Output",
    "PositiveMoney",
    "Prose",
    "Readable",
    "ReasonIn",
    "RuleOut",
    "Share",
    "SignedMoney",
    "Whole",
    "Written",
    "unset",
]
