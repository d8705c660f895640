"""Pure decisions about voiding bids: which may be, on which ground."""

from collections.abc import Collection, Mapping
from uuid import UUID

from app.pricing.auction.kinds import VoidingGround
from app.pricing.auction.voiding.problems import KEY_NOT_STOLEN, NO_STANDING_BID, NOT_STOPPED, VOID_WITHOUT_GROUND


def paddle_of(seqs: Collection[int], standing: Mapping[int, int]) -> int:
    """The paddle whose bids these are; `standing`: the paddle of each accepted bid that is not voided.

    Raises `no_standing_bid` for a bid that does not stand, and for one of another paddle than the first.
    """
    first = next(iter(seqs))
    paddle = standing.get(first)
    if paddle is None:
        raise NO_STANDING_BID(field="seqs", seq=first)
    for seq in seqs:
        if standing.get(seq) != paddle:
            raise NO_STANDING_BID(field="seqs", seq=seq)
    return paddle


def check_ground(
    ground: VoidingGround, keys: Mapping[int, UUID], stolen: Collection[UUID], *, is_stopped: bool
) -> None:
    """Bids are voided for what is on record alone; `keys`: with which key each bid was made.

    Raises `void_without_ground` for a bid with a key of no incident, or of an organisation that is verified.
    """
    for seq, key in keys.items():
        if ground == VoidingGround.KEY_STOLEN and key not in stolen:
            raise VOID_WITHOUT_GROUND(field="ground", seq=seq, why=KEY_NOT_STOLEN)
        if ground == VoidingGround.ORGANISATION_STOPPED and not is_stopped:
            raise VOID_WITHOUT_GROUND(field="ground", seq=seq, why=NOT_STOPPED)
