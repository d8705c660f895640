"""The refusals of offers, in every pricing mode in which somebody makes one."""

from app.core.problems import ProblemType, Text
from app.law.instruments import CIVIL_CODE

EXPIRY_PAST = ProblemType(
    "offer_expiry_past",
    422,
    Text("The offer would have expired", "要约期限已过"),
    Text("{expires_at} is not after the server time {server_time}.", "{expires_at} 不晚于服务器时间 {server_time}。"),
    Text("Give an `expires_at` after {server_time}.", "`expires_at` 须晚于 {server_time}。"),
    CIVIL_CODE.art("478"),
)
EXPIRY_TOO_FAR = ProblemType(
    "offer_expiry_too_far",
    422,
    Text("The offer would stand too long", "要约期限过长"),
    Text("{expires_at} is more than {days} days away.", "{expires_at} 距今超过 {days} 日。"),
    Text("Give an `expires_at` up to {latest}.", "`expires_at` 不得晚于 {latest}。"),
    CIVIL_CODE.art("478"),
)
OFFER_BINDING = ProblemType(
    "offer_binding",
    409,
    Text("Your offer still stands", "您的要约仍然有效"),
    Text(
        "Your offer {number} binds you until {expires_at} (server time {server_time}).",
        "您的第 {number} 号要约在 {expires_at} 前不可撤销(服务器时间 {server_time})。",
    ),
    Text("Wait for the other side, or until {expires_at}.", "请等待对方答复,或至 {expires_at}。"),
    CIVIL_CODE.art("476"),
)
OFFER_EXPIRED = ProblemType(
    "offer_expired",
    409,
    Text("The offer has expired", "要约已失效"),
    Text(
        "Offer {number} stood until {expires_at}; the server time is {server_time}.",
        "第 {number} 号要约有效至 {expires_at};服务器时间 {server_time}。",
    ),
    Text("Make an offer of your own on the same terms; it can be accepted until its expiry.",
         "请以相同条款发出新要约,对方可在其期限内承诺。"),
    CIVIL_CODE.art("478, 481"),
)  # fmt: skip
