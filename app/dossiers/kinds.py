"""The kinds and states of dossiers: pure, so that rules may know them without a database."""

from enum import StrEnum


class Capacity(StrEnum):
    """In what capacity somebody acted; `exchange` is what its rules did by themselves, `time` what a deadline did."""

    SELLER = "seller"
    BUYER = "buyer"
    AGENCY = "agency"
    REGISTRANT = "registrant"
    BIDDER = "bidder"
    APPRAISER = "appraiser"
    HOLDER = "holder"
    OBJECTOR = "objector"
    ASKER = "asker"
    OPERATOR = "operator"
    REGISTRAR = "registrar"
    EXCHANGE = "exchange"
    TIME = "time"
