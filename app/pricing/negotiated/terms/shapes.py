"""What two sides can agree on: the shapes of price, payment, territory, subject and condition that real deals show.

`Terms` are stored as canonical JSON with their hash. Amounts are in the terms' currency: CNY, or the foreign currency
of `conversion`. What the parts mean together is decided in `terms_rules.py`.
"""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from app.catalogue.results.kinds import IpType
from app.core.schemas import Day, ExchangeRate, Flag, Input, Line, Money, Name, PositiveMoney, Prose, Share, Whole
from app.core.schemas.codes import Country, Currency
from app.market.listings.kinds import PricingMode
from app.pricing.negotiated.terms.kinds import RoyaltyBase

HOME = "CN"


class Shape(BaseModel):
    """As strict as `Input`."""

    model_config = Input.model_config


class Due(Input):
    """When money is due: on a day, or upon an event."""

    on: Day | None = None
    event: Line | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.on is None) == (self.event is None):
            raise PydanticCustomError("one_of", "Give `on` or `event`, not both", {"zh": "请给出 `on` 或 `event` 之一"})
        return self


class Instalment(Input):
    """A part of a price and when it is due."""

    amount: PositiveMoney
    due: Due


class LumpSum(Shape):
    """One payment (一次总付)."""

    kind: Literal["lump_sum"]
    amount: PositiveMoney
    due: Due | None = None


class Instalments(Shape):
    """A price in parts (分期支付), each certain; they sum to `total`."""

    kind: Literal["instalments"]
    total: PositiveMoney
    parts: list[Instalment] = Field(min_length=1, max_length=50)


class Milestone(Input):
    """Money that falls due if an event comes."""

    event: Line
    amount: PositiveMoney


class Milestones(Shape):
    """Contingent payments (里程碑付款); `ceiling` where the deal says "up to"."""

    kind: Literal["milestones"]
    parts: list[Milestone] = Field(min_length=1, max_length=50)
    ceiling: PositiveMoney | None = None


class FixedRate(Shape):
    """One rate for everything."""

    kind: Literal["fixed"]
    rate: Share


class Tier(Input):
    """The rate of what lies above an amount."""

    above: Money
    rate: Share


class TieredRate(Shape):
    """A rate that rises or falls with the base; the first tier begins at 0."""

    kind: Literal["tiered"]
    tiers: list[Tier] = Field(min_length=2, max_length=20)


class RateBand(Shape):
    """A rate between two bounds, and what decides it."""

    kind: Literal["band"]
    lowest: Share
    highest: Share
    decided_by: Line


Rate = Annotated[FixedRate | TieredRate | RateBand, Field(discriminator="kind")]


class Royalty(Shape):
    """A part of what the buyer makes of the result (提成支付); `entry_fee` null or 0: none (无入门费)."""

    kind: Literal["royalty"]
    base: RoyaltyBase
    rate: Rate
    entry_fee: Money | None = None
    minimum_first: PositiveMoney | None = Field(default=None, description="The least that the first payment comes to")
    ceiling: PositiveMoney | None = None
    years: Whole | None = Field(default=None, ge=1, le=100)
    base_defined_as: Line | None = Field(default=None, description="How the base is computed")


class Equity(Shape):
    """A result contributed to a company (作价入股): the share it gives, the value it is taken at, cash besides."""

    kind: Literal["equity"]
    company: Name | None = None
    share: Share | None = None
    valuation: PositiveMoney | None = None
    cash_top_up: PositiveMoney | None = Field(default=None, description="Cash paid besides the shares")

    @model_validator(mode="after")
    def _says_how_much(self) -> Self:
        if self.share is None and self.valuation is None:
            raise PydanticCustomError("one_of", "Give `share` or `valuation`", {"zh": "请给出 `share` 或 `valuation`"})
        return self


class IncomeRight(Shape):
    """A part of the income without shares (收益权)."""

    kind: Literal["income_right"]
    share: Share
    of: Line


class Trial(Shape):
    """Use first, pay later (先用后转): free until a day or an event; then a price, or (null) one to be found."""

    kind: Literal["trial"]
    free_until: Due
    then: list["LaterPayment"] | None = Field(default=None, min_length=1, max_length=10)


class CostSharing(Shape):
    """No price: each side bears its own cost (各自承担费用)."""

    kind: Literal["cost_sharing"]
    detail: Line


LaterPayment = Annotated[LumpSum | Instalments | Milestones | Royalty, Field(discriminator="kind")]
Payment = Annotated[
    LumpSum | Instalments | Milestones | Royalty | Equity | IncomeRight | Trial | CostSharing,
    Field(discriminator="kind"),
]


class Conversion(Input):
    """The foreign currency of all amounts, and the printed conversion of the certain part to CNY."""

    currency: Currency
    total_cny: Money
    rate: ExchangeRate | None = Field(default=None, description="Null where only the sum is printed")
    on: Day | None = None
    source: Line


class Territory(Input):
    """Where the rights hold: countries (ISO 3166 alpha-2, none named: the world), less some, or regions of them."""

    countries: list[Country] = Field(default=[], max_length=250)
    except_countries: list[Country] = Field(default=[], max_length=250)
    regions: list[Line] = Field(default=[], max_length=50)
    except_regions: list[Line] = Field(default=[], max_length=50)

    @property
    def abroad(self) -> bool:
        """Whether it reaches beyond the country."""
        return set(self.countries) != {HOME}


class BundleItem(Input):
    """One thing among several sold together. `amount` is for one of `count`; null: it has no price of its own."""

    title: Name
    type: IpType
    count: Whole = Field(default=1, ge=1, le=1000)
    amount: PositiveMoney | None = None
    priced_by: PricingMode = PricingMode.NEGOTIATED


class Donation(Input):
    """A gift in addition to the price, and no part of it."""

    amount: PositiveMoney
    to: Name
    purpose: Line | None = None


class Condition(Input):
    """The contract takes effect only after this approval (附生效条件)."""

    approval_by: Name
    what: Line


class Proceeds(Input):
    """How the seller's side splits what it receives."""

    to: Name
    share: Share


class Terms(Input):
    """Everything an offer says."""

    payment: list[Payment] = Field(min_length=1, max_length=10, description="The parts of the price, all of them due")
    conversion: Conversion | None = Field(default=None, description="Left out: amounts are CNY")
    territory: Territory
    buyer_abroad: Flag = Field(default=False, description="A buyer is not of the mainland: export rules apply")
    bundle: list[BundleItem] = Field(default=[], max_length=200)
    donation: Donation | None = None
    conditions: list[Condition] = Field(default=[], max_length=20)
    proceeds: list[Proceeds] = Field(default=[], max_length=20)
    signatory: Line | None = Field(default=None, description="Who signs, where that is not the owner")
    years: Whole | None = Field(default=None, ge=1, le=100, description="How long the rights hold; null: for good")
    public_notice: Flag = Field(default=True, description="False only for a seller not founded by the state")
    note: Prose | None = None

    @property
    def abroad(self) -> bool:
        return self.buyer_abroad or self.territory.abroad
