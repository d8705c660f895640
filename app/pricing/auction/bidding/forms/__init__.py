"""The forms of an auction, one file each. A new form is a file with the functions of `FormRules` and a row here."""

from collections.abc import Mapping
from typing import Final

from app.pricing.auction.bidding.forms import dutch, english, sealed
from app.pricing.auction.bidding.rules import FormRules
from app.pricing.auction.kinds import AuctionForm

RULES: Final[Mapping[AuctionForm, FormRules]] = {
    AuctionForm.ENGLISH: english,
    AuctionForm.SEALED: sealed,
    AuctionForm.DUTCH: dutch,
}
