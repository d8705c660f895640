"""The refusals of offers, in every pricing mode in which somebody makes one."""

from app.core.problems import ProblemType, Text
from app.law.instruments import CIVIL_CODE

EXPIRY_PAST = ProblemType(
    "offer_expiry_past",
    422,
    Text("Offer would already have expired", "要约期限已过"),
    Text("{expires_at} is not after the server time {server_time}.", "{expires_at} 不晚于服务器时间 {server_time}。"),
    Text("Send an `expires_at` after {server_time}.", "请填写晚于{server_time}的 `expires_at`。"),
    CIVIL_CODE.art("478"),
)
EXPIRY_TOO_FAR = ProblemType(
    "offer_expiry_too_far",
    422,
    Text("Offer would be valid too long", "要约期限过长"),
    Text("{expires_at} is more than {days} days from now.", "{expires_at} 距今超过 {days} 日。"),
    Text("Send an `expires_at` no later than {latest}.", "请填写不晚于{latest}的 `expires_at`。"),
    CIVIL_CODE.art("478"),
)
OFFER_BINDING = ProblemType(
    "offer_binding",
    409,
    Text("Your offer is still binding", "您的要约仍然有效"),
    Text(
        "Your offer {number} is binding until {expires_at}. The server time is {server_time}.",
        "您的第 {number} 号要约在 {expires_at} 前不可撤销(服务器时间 {server_time})。",
    ),
    Text("Wait until the other side has answered, or until {expires_at}.", "请等待对方答复，或者等待至{expires_at}。"),
    CIVIL_CODE.art("476"),
)
OFFER_EXPIRED = ProblemType(
    "offer_expired",
    409,
    Text("The offer has expired", "要约已失效"),
    Text("Offer {number} was valid until {expires_at}. The server time is {server_time}.",
         "第 {number} 号要约有效至 {expires_at};服务器时间 {server_time}。"),
    Text("Make a new offer on the same terms. The other side can accept it until it expires.",
         "请以相同条款发出新要约,对方可在其期限内承诺。"),
    CIVIL_CODE.art("478, 481"),
)  # fmt: skip
