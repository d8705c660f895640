"""Requests and responses of auctions."""

from datetime import date, datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import AliasChoices, Field

from app.core.schemas import Amount, Day, Flag, Id, Input, Moment, Money, Output, PositiveMoney, Whole
from app.market.gates.schemas import GateOut
from app.pricing.auction.kinds import AuctionForm, AuctionStatus, Ending, EntryKind

Seconds = Annotated[Whole, Field(gt=0, le=30 * 86_400)]


class BandIn(Input):
    """From which price on (CNY) a bid must rise, or the price falls, by how much."""

    from_price: Money
    step: PositiveMoney


class AuctionIn(Input):
    """The conditions of an auction. What a form has none of is left out."""

    form: AuctionForm
    starting_price: PositiveMoney = Field(description="Ascending, sealed: the least bid; descending: where it begins")
    ladder: list[BandIn] = Field(default=[], max_length=20, description="Ascending and descending: the steps by price")
    starts_at: Moment
    free_until: Moment = Field(description="Ascending: end of the free period; sealed and descending: the end")
    window_seconds: Seconds | None = Field(default=None, description="Ascending: the window that each bid reopens")
    hard_end: Moment | None = Field(default=None, description="Ascending: no bid reopens the window beyond it")
    step_every_seconds: Seconds | None = Field(default=None, description="Descending: how often the price falls")
    price_floor: PositiveMoney | None = Field(default=None, description="Descending: the price falls no lower")
    reserve_price: PositiveMoney | None = Field(
        default=None, description="Secret: a top bid below it has no effect; only the seller ever reads it"
    )
    deposit_amount: PositiveMoney = Field(description="What each bidder deposits, CNY")
    viewing_from: Day = Field(description="First day of the viewing")
    viewing_to: Day = Field(description="Last day of the viewing")
    rights_abroad: Flag = Field(default=False, description="The rights sold reach beyond the mainland")


class Band(Output):
    """One band of the ladder."""

    from_price: Amount
    step: Amount


class AuctionConditionsOut(Output):
    """The conditions as they were published and stand in the log."""

    form: AuctionForm
    starting_price: Amount
    ladder: list[Band]
    starts_at: datetime
    free_until: datetime
    window_seconds: int | None
    hard_end: datetime | None
    step_every_seconds: int | None
    price_floor: Amount | None = Field(validation_alias=AliasChoices("price_floor", "floor_price"))


class AuctionCard(Output):
    """An auction in a list."""

    id: UUID
    number: str
    listing_id: UUID
    title: str
    form: AuctionForm
    status: AuctionStatus
    starts_at: datetime
    ends_at: datetime
    price: Amount | None
    accepted: int
    ending: Ending | None


class AuctionOut(AuctionCard):
    """An auction. Bidders appear by their paddles; `price` and `leader` are null while bids are sealed."""

    listing_version: int
    seller_id: UUID
    is_contest: bool = Field(description="Between the registrants of a listing, not announced as an auction")
    conditions: AuctionConditionsOut
    deposit_amount: Amount
    viewing_from: date | None
    viewing_to: date | None
    rights_abroad: bool
    has_reserve: bool
    reserve_price: Amount | None = Field(description="For the seller alone")
    reserve_salt: str | None = Field(description="For the seller alone: opens the log's commitment to the reserve")
    reason: str | None
    announced_at: datetime | None
    suspended_at: datetime | None
    leader: int | None
    minimum: Amount | None = Field(description="The smallest bid that passes now; null where none would")
    last_seq: int
    head: str = Field(description="Hash of the log up to `last_seq`")
    winner: int | None
    closed_at: datetime | None
    offered_to: int | None = Field(description="The paddle that has its chance after the winner's default")
    offer_ends_at: datetime | None
    deal_id: UUID | None = Field(description="For the two sides and the market's staff")
    gates: list[GateOut] = Field(description="What the deal with the winner waits on; for the same")
    revision: int
    server_time: datetime


class AuctionLiveOut(Output):
    """What changes while bids come in; small, for polling with `If-None-Match`."""

    id: UUID
    status: AuctionStatus
    price: Amount | None
    leader: int | None
    minimum: Amount | None
    accepted: int
    ends_at: datetime
    last_seq: int
    head: str
    server_time: datetime


class BidderIn(Input):
    """A bidder takes part on the published terms."""

    listing_version: Whole = Field(ge=1, le=2**31 - 1, description="The `version` you read")
    terms_accepted: Flag
    buyer_abroad: Flag = Field(default=False, description="The bidder, or who uses the result for it, is abroad")


class BidderOut(Output):
    """A bidder: `organisation_id` is shown to itself, to operator and auditor, and to the seller after the close."""

    auction_id: UUID
    paddle: int
    organisation_id: UUID | None
    registered_at: datetime
    withdrawn_at: datetime | None


class OwnBidderOut(BidderOut):
    """Your own registration: pay `deposit_id` by its `due_at`."""

    salt: str = Field(
        description="SHA-256 of `salt:organisation_id` is the log's commitment to whose the paddle is: keep it"
    )
    deposit_id: UUID
    deposit_number: str
    deposit_amount: Amount
    deposit_held: bool
    pay_by: datetime
    server_time: datetime


class BidIn(Input):
    """A bid. Whatever it says is binding once it is accepted; it lapses when a higher one is."""

    amount: PositiveMoney = Field(description="CNY. Descending: the price you take, as you read it")
    maximum: PositiveMoney | None = Field(
        default=None, description="Ascending: your secret limit (CNY), up to which the exchange raises for you"
    )
    organisation_id: Id | None = Field(default=None, description="If given, the organisation your key acts for")


class BidReceiptOut(Output):
    """What the exchange signs (Ed25519): the hash of the auction's log up to this bid."""

    auction_id: UUID
    seq: int
    hash: str
    signature: str
    key_id: str


class BidOut(Output):
    """An accepted bid. `price` and `leading` are as it left them; `minimum` is the smallest bid that passed then."""

    LOCATION: ClassVar[str] = "/v1/auctions/{auction_id}/entries/{seq}"

    auction_id: UUID
    seq: int
    paddle: int
    amount: Amount
    maximum: Amount | None
    price: Amount | None = Field(description="Null where the bids are sealed")
    leading: bool | None = Field(description="Null where the bids are sealed")
    minimum: Amount | None
    ends_at: datetime
    server_time: datetime = Field(description="When it was decided")
    salt: str | None = Field(description="With amount or maximum it opens the commitment in the log: keep it")
    receipt: BidReceiptOut


class BidRefusalContentOut(Output):
    """What was refused and why. `minimum`: the smallest bid that would have passed, null where none was taken."""

    auction_id: UUID
    organisation_id: UUID | None
    request_sha256: str = Field(description="Of method, path, query and body as sent, with a zero byte between")
    amount: Amount | None = Field(description="What was bid; null where none could be read")
    code: str
    minimum: Amount | None
    status: AuctionStatus
    starts_at: datetime
    ends_at: datetime
    at: datetime = Field(description="When it was refused, by the database's clock")


class BidRefusalOut(Output):
    """The refusal of a bid that has no place in the log: `content` in canonical JSON, signed by the exchange."""

    content: BidRefusalContentOut
    signature: str
    key_id: str


class RefusedBidOut(Output):
    """What the refusal of a bid says besides: a receipt where it was decided, else a signed refusal."""

    seq: int | None = None
    price: Amount | None = Field(default=None, description="Where the bidding stands")
    minimum: Amount | None = Field(default=None, description="The smallest bid that would have passed")
    ends_at: datetime | None = Field(default=None, description="Until when bids are taken")
    starts_at: datetime | None = Field(default=None, description="`auction_not_begun`: when bids are taken from")
    server_time: datetime | None = Field(default=None, description="When it was decided")
    salt: str | None = Field(default=None, description="With amount or maximum it opens the commitment in the log")
    receipt: BidReceiptOut | None = None
    refusal: BidRefusalOut | None = Field(default=None, description="Where nothing was decided and the sender is known")


class AuctionEntryOut(Output):
    """An entry of the log: the hash is over the one before and the canonical form of `content`."""

    seq: int
    kind: EntryKind
    at: datetime
    content: dict[str, Any] = Field(
        description="What happened, in other fields for each `kind`; what is hashed, to the byte"
    )
    hash: str


class AuctionConfirmationOut(Output):
    """The confirmation of a sale (成交确认书): `content` in canonical JSON, signed by the exchange."""

    id: UUID
    number: str
    auction_id: UUID
    deal_id: UUID
    content: dict[str, Any] = Field(description="The confirmation in the form of its own day, signed to the byte")
    sha256: str
    signature: str
    key_id: str
    issued_at: datetime
    signed_by: list["PartySignatureOut"]


class PartySignatureOut(Output):
    """A party that has signed."""

    organisation_id: UUID
    at: datetime


class ExchangeKeyOut(Output):
    """A public key with which the exchange signs or has signed (Ed25519, hex)."""

    key_id: str
    public_key: str
    first_used_at: datetime
