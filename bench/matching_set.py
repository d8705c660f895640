"""A labelled set of demands and results, made by rule, for `bench_matching.py`.

**A topic is a thing with an aspect** (锂离子电池 with 热管理). Both have several names: results mostly use the first one,
demands any of them, so that half of the pairs that belong together share no name, and some of the names are in no
dictionary of the project. A near topic has the same thing with another aspect, or the same aspect of another thing: there
are as many of these as of the rest, and words alone mix them up.

**A label tells a story, not a score.** Each pair of one topic plays: the demander reads it (1); asks, if it is ready
enough for what the demander has in mind (2); and comes to a deal, if the lowest price of the seller is within what the
demander can really pay and the way of transfer suits, or both agree on another (3). What the demander has in mind, what it
can really pay and how far the seller goes down are drawn for each, and stand nowhere: the budget and the asking price that
are published are only near them. At each step one in ten fails, whatever the facts. Of pairs of near topics one in ten is
read. A tenth of the results is filed under a wrong field, and a seventh of the demands under another industry.

**What is circular, and what is not.** Story and score agree that the topic, the price, the readiness and the way matter:
that is assumed, and not shown here. The story knows no weight, no mean and no word of a text: it goes by the topic that
the texts were made from. Its thresholds are on figures that the score does not see. Places, the industry and past deals
have no part in the story, so the score can only lose by them. `topic` counts the first step alone, where the facts decide
nothing: what is better there is better by words and fields.

`BUILDING` was used to choose the weights. `UNSEEN` has other things, other aspects, other fields and another seed.
"""

# ruff: noqa: E501 — Han characters count double

import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.catalogue.demands.kinds import SolutionWay
from app.catalogue.demands.rules import modes_of
from app.catalogue.results.kinds import TransferMode

RESULTS_A_TOPIC: Final = 24
DEMANDS: Final = 150
CITIES: Final = ("420100", "420500", "430100", "310100", "440300")
PRICED: Final = 250_000
"""CNY, the middle of the asking prices: two thirds of all conversions in 2023 were below 100 000, the mean was 639 000."""


@dataclass(frozen=True)
class Thing:
    """What a topic is about: its names, its field, and the industries that ask for it."""

    names: tuple[str, ...]
    field: str
    industries: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """One part of the set, with a seed of its own."""

    name: str
    seed: int
    things: tuple[Thing, ...]
    aspects: tuple[tuple[str, ...], ...]


def _things(text: str) -> tuple[Thing, ...]:
    rows = (line.split("|") for line in text.strip().splitlines())
    return tuple(Thing(tuple(names.split()), field.strip(), tuple(codes.split())) for names, field, codes in rows)


def _aspects(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line.split()) for line in text.strip().splitlines())


BUILDING: Final = Part(
    "building",
    11,
    _things("""
        锂离子电池 锂电池 动力电池 储能电芯|new_energy|C3841 C3812
        氢燃料电池 燃料电池 氢能电堆|new_energy|C3849 C3612
        石墨烯 单层碳材料 graphene|new_materials|C3091 C2651
        碳纤维 碳丝 carbon fiber|new_materials|C3091 C3741
        钛合金 钛基合金 钛材|new_materials|C3252 C3741
        工业机器人 机械臂 自动化作业臂|advanced_manufacturing|C3491 C3670
        数控机床 机床 加工中心|advanced_manufacturing|C3421 C3360
        工业废水 污水 高盐废液|environment|D4620 C2611
        土壤重金属 镉污染耕地 污染土壤|environment|N7729 A0111
        水稻 稻谷 稻作|agriculture|A0111 C1311
        单克隆抗体 单抗 抗体药|biomedicine|C2761 M7340
        医学影像 CT图像 影像诊断|biomedicine|Q8411 C3581
    """),
    _aspects("""
        热管理 散热 温控
        回收利用 再生 循环利用
        表面涂层 镀层 防护膜
        无损检测 缺陷识别 探伤
        寿命预测 剩余寿命评估 退化评估
        制备工艺 合成 制造方法
        在线监测 实时监控 状态感知
        节能降耗 能效优化 降低能耗
    """),
)
UNSEEN: Final = Part(
    "unseen",
    2027,
    _things("""
        光纤传感器 光纤传感 分布式光缆传感|electronics_information|C3983 I6319
        功率器件 功率半导体 电力电子芯片|electronics_information|C3972 C3824
        激光雷达 lidar 激光测距|electronics_information|C3940 G5442
        无人机 无人飞行器 旋翼飞行器|aerospace|C3743 A0519
        卫星导航 北斗 GNSS接收|aerospace|C3922 G5432
        盾构机 掘进机 隧道掘进装备|transport|C3512 E4813
        轨道交通 地铁 高铁|transport|C3714 G5412
        光伏组件 太阳能电池板 光伏板|new_energy|C3825 D4416
        疫苗 免疫制剂 预防接种制剂|biomedicine|C2762 Q8431
        植入支架 血管支架 介入器械|biomedicine|C3585 Q8411
        餐厨垃圾 厨余 有机固废|environment|N7820 D4417
        淡水养殖 水产 池塘养鱼|agriculture|A0412 C1361
    """),
    _aspects("""
        故障诊断 异常识别 失效分析
        封装 密封结构 壳体集成
        标定 校准 误差补偿
        路径规划 航线优化 轨迹生成
        抗干扰 屏蔽 降噪
        递送 输送 投放
        除臭 异味治理 臭气净化
        轻量化 减重 薄壁化
    """),
)


@dataclass(frozen=True)
class Result:
    """A result with its listing, and what nobody sees: its topic, and the least its seller takes."""

    topic: tuple[int, int]
    title: str
    summary: str
    field: str
    readiness: int | None
    price: Decimal
    mode: TransferMode
    city: str
    least: float


@dataclass(frozen=True)
class Demand:
    """A demand, and what nobody sees: its topic, what its demander can pay, and how ready a result has to be."""

    topic: tuple[int, int]
    title: str
    keywords: tuple[str, ...]
    problem: str
    target: str
    field: str
    industry: str
    ways: tuple[SolutionWay, ...]
    budget: Decimal | None
    city: str
    most: float
    level: int


@dataclass(frozen=True)
class Labelled:
    """The set: `grades[n]` has the grades of the demand `n` by result, of those above 0."""

    results: tuple[Result, ...]
    demands: tuple[Demand, ...]
    grades: tuple[dict[int, int], ...]


def make(part: Part) -> Labelled:
    """The results, the demands and the labels of a part."""
    draw = random.Random(part.seed)
    topics = [(thing, aspect) for thing in range(len(part.things)) for aspect in range(len(part.aspects))]
    made = [_result(part, topic, draw) for topic in topics for _ in range(RESULTS_A_TOPIC)]
    draw.shuffle(made)  # what is newest is of every topic
    results = tuple(made)
    demands = tuple(_demand(part, draw.choice(topics), draw) for _ in range(DEMANDS))
    grades = tuple(dict(_played(demand, results, draw)) for demand in demands)
    return Labelled(results, demands, grades)


def _money(draw: random.Random) -> Decimal:
    return Decimal(max(1, round(PRICED * draw.lognormvariate(0, 0.8) / 10_000)) * 10_000)


def _name(names: tuple[str, ...], draw: random.Random, first: float) -> str:
    return names[0] if draw.random() < first else draw.choice(names)


def _result(part: Part, topic: tuple[int, int], draw: random.Random) -> Result:
    thing, aspects = part.things[topic[0]], part.aspects[topic[1]]
    name, aspect = _name(thing.names, draw, 0.6), _name(aspects, draw, 0.6)
    title = draw.choice(
        ("一种{}{}方法及装置", "{}{}系统", "面向{}的{}关键技术", "基于模型的{}{}方法", "{}用{}工艺与成套设备")
    ).format(name, aspect)
    other = part.things[draw.randrange(len(part.things))]
    summary = draw.choice(
        (
            "本成果提出{n}的{a}方案，已在示例企业试用，指标优于现有技术。也可推广到{o}领域。",
            "针对{n}应用中{a}难的问题，研制了样机并完成测试，较{o}同类方案成本降低两成。",
            "成果包括{a}的原理、器件和软件，适用于{n}，不适用于{o}。",
        )
    ).format(n=_name(thing.names, draw, 0.3), a=_name(aspects, draw, 0.3), o=other.names[0])
    price = _money(draw)
    field = thing.field if draw.random() < 0.9 else draw.choice(part.things).field
    return Result(
        topic, title, summary, field,
        draw.randint(1, 9) if draw.random() < 0.9 else None,
        price, draw.choice(list(TransferMode)), draw.choice(CITIES),
        float(price) * draw.uniform(0.65, 1.0),
    )  # fmt: skip


def _demand(part: Part, topic: tuple[int, int], draw: random.Random) -> Demand:
    thing, aspects = part.things[topic[0]], part.aspects[topic[1]]
    name, aspect = draw.choice(thing.names), draw.choice(aspects)
    ways = tuple(draw.sample(list(SolutionWay), draw.choice((1, 1, 2))))
    level = {
        SolutionWay.TRANSFER_OR_LICENCE: (5, 8),
        SolutionWay.COMMISSIONED_DEVELOPMENT: (2, 5),
        SolutionWay.JOINT_DEVELOPMENT: (2, 5),
        SolutionWay.CONSULTING_OR_SERVICE: (1, 3),
    }
    most = float(_money(draw)) * 1.3
    stated = Decimal(max(1, round(most * draw.lognormvariate(-0.1, 0.25) / 10_000)) * 10_000)
    codes = thing.industries if draw.random() < 0.85 else draw.choice(part.things).industries
    keywords = (name, aspect) if draw.random() < 0.7 else (f"{name}{aspect}",) if draw.random() < 0.5 else ()
    return Demand(
        topic,
        draw.choice(("寻求{}{}技术", "{}{}解决方案", "{}的{}难题", "{}{}需求")).format(name, aspect),
        keywords,
        f"现有产线的{draw.choice(thing.names)}在{draw.choice(aspects)}方面不能满足要求。",
        f"采用新的{aspect}方案，使{name}的主要指标提高三成，成本不增加。",
        thing.field if draw.random() < 0.9 else draw.choice(part.things).field,
        draw.choice(codes), ways, stated if draw.random() < 0.8 else None, draw.choice(CITIES), most,
        min(draw.randint(*level[way]) for way in ways),
    )  # fmt: skip


def _played(demand: Demand, results: tuple[Result, ...], draw: random.Random) -> Iterator[tuple[int, int]]:
    """How far the demander comes with each result."""
    modes = modes_of(demand.ways)
    for at, result in enumerate(results):
        same = sum(one == other for one, other in zip(demand.topic, result.topic, strict=True))
        if same < 2:
            if same and draw.random() < 0.1:
                yield at, 1
            continue
        ready = (result.readiness if result.readiness is not None else draw.randint(1, 9)) >= demand.level
        paid = demand.most >= result.least
        suits = result.mode in modes or draw.random() < 0.25
        grade = 0
        for step in (True, ready, paid and suits):
            if not step or draw.random() < 0.1:
                break
            grade += 1
        if grade:
            yield at, grade
