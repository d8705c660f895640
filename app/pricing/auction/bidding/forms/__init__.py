"""The forms of an auction, one file each. A new form is a file with the functions of `FormRules` and a row here."""

from collections.abc import Mapping
from typing import Final

from app.pricing.auction.bidding.forms import dutch, english, sealed
from app.pricing.auction.bidding.rules import Form, FormRules

RULES: Final[Mapping[Form, FormRules]] = {Form.ENGLISH: english, Form.SEALED: sealed, Form.DUTCH: dutch}
