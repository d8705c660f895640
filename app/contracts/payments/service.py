"""Use cases of payments and invoices. Each runs in the caller's transaction; locks: deal, contract, then payee."""

from datetime import date
from uuid import UUID

from app.contracts import hooks, queries
from app.contracts.amounts import Paid, Terms, balance
from app.contracts.kinds import ContractStatus
from app.contracts.models import Contract, Invoice, Payment
from app.contracts.payments import problems, rules, schemas
from app.contracts.payments import queries as payments
from app.contracts.problems import CONTRACT_NOT_SIGNED, SELLER
from app.contracts.service import audience_of, check_side_of, parties_of
from app.core.access import Actor
from app.core.clock import read_clock, read_today
from app.core.database import Session, advisory_lock
from app.core.history import events
from app.core.ids import new_id
from app.core.problems import BANK_REFERENCE_USED, NOT_FOUND, Problem, Text
from app.identity.mergers import queries as mergers
from app.identity.mergers.rules import heir_on
from app.market.deals import queries as deals
from app.market.deals.kinds import PartyRole


async def record_payment(session: Session, actor: Actor, contract_id: UUID, body: schemas.PaymentIn) -> Payment:
    """A seller records what reached its bank account (CNY), perhaps with the invoice.

    The sum is judged under the contract's lock, so that two payments at once never exceed what is due. Raises
    `contract_not_signed`, `payer_not_a_buyer`, `payment_above_due`, `technical_above_payment`, `technical_above_left`,
    `dates_out_of_order`, `contract_date_in_future`, `bank_reference_used`, and the refusals of an invoice.
    """
    contract = await _lock_contract(session, actor, contract_id)
    check_side_of(actor, parties_of(contract, PartyRole.SELLER), SELLER)
    payee_id = actor.organisation()
    if contract.status != ContractStatus.SIGNED:
        raise CONTRACT_NOT_SIGNED(status=contract.status)
    payer_id = await _buyer_paid_for(session, contract, body)
    now = await read_clock(session)
    rules.check_received(body.received_at, now, _signed_on(contract), session.city.zone)
    before = balance(terms_of(contract), await queries.paid_on(session, contract.id))
    rules.check_payment(before, Paid(body.amount, body.technical_amount))
    attempt = await _claim_reference(session, payee_id, body.bank_reference)
    payment = Payment(
        id=new_id(),
        contract_id=contract.id,
        payer_id=payer_id,
        payee_id=payee_id,
        amount=body.amount,
        technical_amount=body.technical_amount,
        received_at=body.received_at,
        bank_reference=body.bank_reference,
        recorded_at=now,
        attempt=attempt,
        invoices=[],
    )
    session.add(payment)
    if body.invoice:
        await _add_invoice(session, contract, payment, body.invoice, "invoice.")
    await session.flush()
    _tell(session, "payment.recorded", contract, payment)
    await hooks.paid.announce(session, contract, now)
    return payment


async def reverse_payment(session: Session, actor: Actor, payment_id: UUID, body: schemas.PaymentReversalIn) -> Payment:
    """The payee takes a whole payment back out of the sums, by a payment of its own with negative amounts.

    A payment that was recorded wrongly is taken back at the moment at which it is said to have come: it never counted.
    Its bank reference and invoice numbers are free for the right record. Raises `payment_reversal_incomplete`,
    `payment_reversal_moves_nothing`, `payment_reversed`, `bank_reference_used`, and what the dates refuse.
    """
    movement = rules.movement_of(body.kind, body.reversed_at, body.bank_reference)
    contract, payment = await _lock_payment(session, actor, payment_id)
    await _check_not_reversed(session, payment)
    now = await read_clock(session)
    if movement is not None:
        rules.check_reversal(payment.received_at, movement.at, now)
        attempt = await _claim_reference(session, payment.payee_id, movement.reference)
    else:
        await advisory_lock(session, "payee", payment.payee_id)
        attempt = (await payments.uses_of_reference(session, payment.payee_id, payment.bank_reference)).count
    reversal = Payment(
        id=new_id(),
        contract_id=contract.id,
        payer_id=payment.payer_id,
        payee_id=payment.payee_id,
        amount=-payment.amount,
        technical_amount=None if payment.technical_amount is None else -payment.technical_amount,
        received_at=movement.at if movement else payment.received_at,
        bank_reference=movement.reference if movement else payment.bank_reference,
        recorded_at=now,
        reverses_id=payment.id,
        reversal_kind=body.kind,
        attempt=attempt,
        reason=body.reason,
        invoices=[],
    )
    session.add(reversal)
    await session.flush()
    _tell(session, "payment.reversed", contract, reversal)
    await hooks.paid.announce(session, contract, now)
    return reversal


async def add_invoice(session: Session, actor: Actor, payment_id: UUID, body: schemas.InvoiceIn) -> Payment:
    """The payee records an invoice for a payment. Raises `invoice_above_payment`, `invoice_number_used`."""
    contract, payment = await _lock_payment(session, actor, payment_id)
    await _check_not_reversed(session, payment)
    await _add_invoice(session, contract, payment, body, "")
    await session.flush()
    payload = {"number": contract.number, "payment_id": payment.id, "amount": body.amount}
    events.append(
        session, "payment.invoiced", ("contract", contract.id), audience=audience_of(contract), payload=payload
    )
    return payment


async def _buyer_paid_for(session: Session, contract: Contract, body: schemas.PaymentIn) -> UUID:
    """The buyer who pays; what the heir of a merged buyer pays is paid for that one. Raises `payer_not_a_buyer`."""
    buyers = parties_of(contract, PartyRole.BUYER)
    if body.payer_id in buyers:
        return body.payer_id
    day, found = session.city.day_of(body.received_at), await mergers.successions(session, buyers)
    for buyer in buyers:
        if heir_on(found, buyer, day) == body.payer_id:
            return buyer
    raise problems.NOT_A_BUYER(field="payer_id", id=body.payer_id)


def terms_of(contract: Contract) -> Terms:
    """What the contract owes; technical parts count by the registered amounts as soon as there are some."""
    return Terms(contract.total_amount, contract.amounts, contract.amounts_provisional)


async def _lock_contract(session: Session, actor: Actor, contract_id: UUID) -> Contract:
    """A contract under its deal, both locked: what is paid moves the deal's settlement too."""
    await deals.lock_deal(session, (await queries.get_contract(session, actor, contract_id)).deal_id)
    return await queries.lock_contract(session, actor, contract_id)


async def _lock_payment(session: Session, actor: Actor, payment_id: UUID) -> tuple[Contract, Payment]:
    """A payment and its contract, locked, for the payee. A contract the actor may not see hides its payments too."""
    payment = await payments.get_payment(session, payment_id)
    try:
        contract = await _lock_contract(session, actor, payment.contract_id)
    except Problem as hidden:
        raise NOT_FOUND(what=Text("payment", "收款记录")) from hidden
    check_side_of(actor, [payment.payee_id], Text("the payee", "收款方"))
    return contract, await payments.get_payment(session, payment_id)


async def _check_not_reversed(session: Session, payment: Payment) -> None:
    if payment.reverses_id is not None or await payments.is_reversed(session, payment.id):
        raise problems.PAYMENT_REVERSED()


async def _claim_reference(session: Session, payee_id: UUID, reference: str) -> int:
    """How many records under the reference were wrong before; raises `bank_reference_used`.

    The lock keeps the payee's other contracts out until this is committed.
    """
    await advisory_lock(session, "payee", payee_id)
    uses = await payments.uses_of_reference(session, payee_id, reference)
    if uses.holds:
        raise BANK_REFERENCE_USED(field="bank_reference", reference=reference)
    return uses.count


async def _add_invoice(
    session: Session, contract: Contract, payment: Payment, body: schemas.InvoiceIn, prefix: str
) -> None:
    today = await read_today(session)
    rules.check_issued(body.issued_on, _signed_on(contract), today, f"{prefix}issued_on")
    invoiced = [invoice.amount for invoice in payment.invoices]
    rules.check_invoice(payment.amount, invoiced, body.amount, f"{prefix}amount")
    await advisory_lock(session, "payee", payment.payee_id)
    uses = await payments.uses_of_invoice(session, payment.payee_id, body.number)
    if uses.holds:
        raise problems.INVOICE_NUMBER_USED(field=f"{prefix}number", number=body.number)
    invoice = Invoice(id=new_id(), issuer_id=payment.payee_id, attempt=uses.count, **body.model_dump())
    payment.invoices.append(invoice)


def _signed_on(contract: Contract) -> date:
    """The signing day; raises `contract_not_signed`, also where an amendment waits for new signatures."""
    if contract.signed_on is None:
        raise CONTRACT_NOT_SIGNED(status=contract.status)
    return contract.signed_on


def _tell(session: Session, type_: str, contract: Contract, payment: Payment) -> None:
    payload = {
        "number": contract.number,
        "payment_id": payment.id,
        "amount": payment.amount,
        "received_at": payment.received_at,
        "reverses_id": payment.reverses_id,
    } | ({} if payment.reversal is None else {"kind": payment.reversal})
    events.append(session, type_, ("contract", contract.id), audience=audience_of(contract), payload=payload)
