"""What waits for money: deposits, price and fees, what the bank is to pay, what it cannot be matched with."""

from typing import Final

from app.core.access import Role
from app.core.problems import Rule, Text
from app.law.instruments import CIVIL_CODE, DEPOSITS, OPERATING_RULES
from app.system.worklist.kinds import MatterKind, Side, Viewer
from app.system.worklist.section import Section, View, at, on

_INSTRUCTION: Final = (
    "ledger:read",
    "settlement_instruction",
    "/v1/settlement-instructions/{subject_id}",
)
_OPEN: Final = "m.status = 'open'"
_DUE: Final = on("m.due_on", may_miss=True)
_SOURCE: Final = "settlement_instructions m LEFT JOIN deals d ON m.subject_type = 'deal' AND d.id = m.subject_id"
_CREDITOR: Final = (
    "(SELECT p.organisation_id FROM deal_parties p WHERE p.deal_id = d.id AND p.role = 'seller' "
    "ORDER BY p.position LIMIT 1)"
)


def _asked(kind: MatterKind, asks: Text, rule: Rule, stored: str, counterpart: str) -> Section:
    """What an organisation pays in by the number of an instruction."""
    return Section(
        kind,
        asks,
        rule,
        *_INSTRUCTION,
        "GET",
        "/v1/settlement-instructions/{subject_id}",
        _SOURCE,
        f"{_OPEN} AND m.kind = '{stored}'",
        (
            View(Viewer.ORGANISATION, Side.MINE, "m.organisation_id = :own", counterpart),
            View(Viewer.OPERATOR, Side.THEIRS, "true", "m.organisation_id"),
        ),
        _DUE,
        title="d.subject",
        amount="m.amount",
    )


SECTIONS: Final = (
    Section(
        MatterKind.PAY_DEPOSIT,
        Text("Pay the deposit to the exchange, with its number as the purpose.", "以保证金编号为用途交纳保证金。"),
        DEPOSITS,
        "ledger:read",
        "deposit",
        "/v1/deposits/{subject_id}",
        "GET",
        "/v1/deposits/{subject_id}",
        "deposits m",
        "m.status = 'requested'",
        (
            View(Viewer.ORGANISATION, Side.MINE, "m.organisation_id = :own"),
            View(Viewer.OPERATOR, Side.THEIRS, "true", "m.organisation_id"),
        ),
        at("m.due_at", may_miss=True),
        amount="m.required_amount",
    ),
    _asked(
        MatterKind.PAY_PRICE,
        Text("Pay this part of the price, with the number of the instruction as the purpose.", "按缴款通知缴纳价款。"),
        CIVIL_CODE.art("846"),
        "price_due",
        _CREDITOR,
    ),
    Section(
        MatterKind.PAY_PRICE,
        Text("Wait for the buyer to pay this part of the price.", "等待受让方缴纳价款。"),
        CIVIL_CODE.art("846"),
        "deals:read",
        "deal",
        "/v1/deals/{subject_id}/settlement",
        "GET",
        "/v1/deals/{subject_id}/settlement",
        "deal_parties p JOIN settlement_instructions m ON m.subject_id = p.deal_id AND m.subject_type = 'deal' "
        "JOIN deals d ON d.id = p.deal_id",
        f"{_OPEN} AND m.kind = 'price_due' AND p.role = 'seller'",
        (View(Viewer.ORGANISATION, Side.THEIRS, "p.organisation_id = :own", "m.organisation_id"),),
        _DUE,
        subject_id="d.id",
        number="d.number",
        title="d.subject",
        amount="m.amount",
    ),
    _asked(
        MatterKind.PAY_FEE,
        Text("Pay the fee, with the number of the instruction as the purpose.", "按缴款通知缴纳交易服务费。"),
        OPERATING_RULES.art(Text("on fees", "交易服务费")),
        "fee_due",
        "NULL::uuid",
    ),
    Section(
        MatterKind.PAY_OUT,
        Text("Let the bank pay, and record its confirmation.", "通知银行划款，并登记银行回单。"),
        DEPOSITS,
        *_INSTRUCTION,
        "POST",
        "/v1/bank-confirmations",
        _SOURCE,
        f"{_OPEN} AND m.direction = 'out'",
        (
            View(Viewer.OPERATOR, Side.MINE, "true", "m.organisation_id"),
            View(Viewer.ORGANISATION, Side.THEIRS, "m.organisation_id = :own"),
        ),
        _DUE,
        title="d.subject",
        amount="m.amount",
    ),
    Section(
        MatterKind.RESOLVE_MONEY,
        Text("Say what the money is that matches nothing.", "认定待查款项。"),
        DEPOSITS,
        "ledger:read",
        "bank_confirmation",
        "/v1/bank-confirmations/{subject_id}",
        "POST",
        "/v1/bank-confirmations/{subject_id}/resolution",
        "bank_confirmations m",
        "m.deposit_id IS NULL AND m.instruction_id IS NULL AND NOT EXISTS "
        "(SELECT FROM confirmation_resolutions r WHERE r.confirmation_id = m.id)",
        (View(Viewer.OPERATOR, Side.MINE, "true", roles=frozenset({Role.OPERATOR})),),
        number="NULL::text",
        title="m.bank_reference",
        amount="m.amount",
    ),
)
