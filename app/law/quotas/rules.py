"""How much one organisation may have at a time; the figures are dated, in `figures/quotas.yaml`."""

from datetime import date

from app.core.problems import ProblemType, Text
from app.law.figures import parameter
from app.law.quotas.kinds import Quota

QUOTA_REACHED = ProblemType(
    "quota_reached",
    409,
    Text("Too many at a time", "数量已达上限"),
    Text("There are {limit} {what} already, which is the most at a time.", "{what}已达 {limit} 项的上限。"),
    Text("End some of them first, or wait.", "请先终止其中一部分，或者稍后再试。"),
)


WORDS = {
    Quota.PEOPLE: Text("people of the organisation", "单位人员"),
    Quota.KEYS: Text("keys of the person", "该人员的密钥"),
    Quota.INVITATIONS: Text("open invitations", "未兑换的邀请"),
    Quota.UPLOADS: Text("uploads within 24 hours", "24小时内上传的文件"),
    Quota.REQUESTS: Text("open requests of this kind", "同类未结事项"),
    Quota.SAVED_SEARCHES: Text("saved searches", "检索订阅"),
}


def limit_of(quota: Quota, on: date) -> int:
    """The most there may be at a time."""
    return int(parameter(quota, on=on).value)


def check_room(quota: Quota, held: int, on: date) -> None:
    """Raises `quota_reached` where there is no room for one more."""
    limit = limit_of(quota, on)
    if held >= limit:
        raise QUOTA_REACHED(limit=limit, what=WORDS[quota])
