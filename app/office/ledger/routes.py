"""HTTP of deposits, settlement and the ledger."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from app.core.access import Actor, Role
from app.core.clock import read_clock
from app.core.web.access import EVERY_ROLE, allow
from app.core.web.http import Config, MoneyEndpoint, Session, context_of, file_answer, set_etag
from app.core.web.pages import Page, Paging, cut
from app.office.ledger import queries, rules, schemas
from app.office.ledger.bank import service as settlement_service
from app.office.ledger.csv_export import entries_csv
from app.office.ledger.kinds import AccountCode, DepositStatus, Direction, InstructionStatus

router = APIRouter(route_class=MoneyEndpoint, tags=["ledger"])

Operator = Annotated[Actor, allow(Role.OPERATOR, scope="ledger:write")]
Accountant = Annotated[Actor, allow(Role.OPERATOR, Role.AUDITOR, scope="ledger:read")]
Reader = Annotated[Actor, allow(*EVERY_ROLE, scope="ledger:read")]
InstructionReader = Annotated[
    Actor, allow(Role.MEMBER, Role.ADMIN, Role.BROKER, Role.OPERATOR, Role.AUDITOR, scope="ledger:read")
]


@router.post("/bank-confirmations", status_code=201, operation_id="confirm_bank_movement")
async def confirm(
    actor: Operator, session: Session, settings: Config, body: schemas.BankConfirmationIn
) -> schemas.BankConfirmationOut:
    """Record what the bank confirms. The same confirmation again gets the first answer and moves nothing."""
    return schemas.BankConfirmationOut.model_validate(await settlement_service.confirm(session, settings, body))


@router.post(
    "/bank-confirmations/{confirmation_id}/resolution", status_code=201, operation_id="resolve_bank_confirmation"
)
async def resolve(
    actor: Operator, session: Session, settings: Config, confirmation_id: UUID, body: schemas.ResolutionIn
) -> schemas.ResolvedConfirmationOut:
    """Resolve unmatched money: a deposit's, an instruction's, or to be returned. A return makes an instruction."""
    row = await settlement_service.resolve(session, settings, confirmation_id, body)
    return schemas.ResolvedConfirmationOut.model_validate(row)


@router.post(
    "/bank-confirmations/{confirmation_id}/reversal", status_code=201, operation_id="reverse_bank_confirmation"
)
async def reverse(
    actor: Operator, session: Session, settings: Config, confirmation_id: UUID, body: schemas.BankReversalIn
) -> schemas.ResolvedConfirmationOut:
    """Reverse a wrong confirmation by mirrored entries. What it had settled waits again."""
    row = await settlement_service.reverse(session, settings, confirmation_id, body.reason)
    return schemas.ResolvedConfirmationOut.model_validate(row)


@router.get("/settlement/unmatched", operation_id="list_unmatched_money")
async def list_unmatched(actor: Accountant, session: Session, page: Paging) -> Page[schemas.BankConfirmationOut]:
    """List confirmed money that matches nothing and is not resolved, the oldest first."""
    shown, cursor = cut(await queries.list_unmatched(session, page), page, lambda row: (row.id,))
    return Page(items=[schemas.BankConfirmationOut.model_validate(row) for row in shown], next_cursor=cursor)


@router.get("/settlement-instructions", operation_id="list_settlement_instructions")
async def list_instructions(
    actor: InstructionReader,
    session: Session,
    page: Paging,
    status: InstructionStatus | None = None,
    direction: Direction | None = None,
) -> Page[schemas.InstructionOut]:
    """List what is to be paid out or in, newest first. You see your organisation's, operator and auditor all."""
    rows = await queries.list_instructions(session, actor, page, status, direction)
    shown, cursor = cut(rows, page, lambda row: (row.id,))
    return Page(items=[schemas.InstructionOut.model_validate(row) for row in shown], next_cursor=cursor)


@router.get("/deposits", operation_id="list_deposits")
async def list_deposits(
    actor: Reader,
    session: Session,
    page: Paging,
    status: DepositStatus | None = None,
    subject_id: UUID | None = None,
) -> Page[schemas.DepositOut]:
    """List your organisation's deposits, newest first. Staff see all."""
    rows = await queries.list_deposits(session, actor, page, status, subject_id)
    shown, cursor = cut(rows, page, lambda row: (row.id,))
    now = await read_clock(session)
    return Page(items=[schemas.deposit_out(row, now) for row in shown], next_cursor=cursor)


@router.get("/deposits/{deposit_id}", operation_id="read_deposit")
async def read_deposit(actor: Reader, session: Session, deposit_id: UUID, response: Response) -> schemas.DepositOut:
    """Read a deposit, with the day by which it must be paid in or given back."""
    deposit = await queries.get_deposit(session, actor, deposit_id)
    set_etag(response, deposit.revision)
    return schemas.deposit_out(deposit, await read_clock(session))


@router.get("/ledger/accounts", operation_id="list_ledger_accounts")
async def list_accounts(
    actor: Accountant,
    session: Session,
    page: Paging,
    code: AccountCode | None = None,
    organisation_id: UUID | None = None,
    subject_id: UUID | None = None,
) -> Page[schemas.AccountOut]:
    """List the ledger's accounts with their balances, in order of opening."""
    rows = await queries.list_accounts(session, page, code, organisation_id, subject_id)
    shown, cursor = cut(rows, page, lambda row: (row[0].id,))
    return Page(items=[schemas.account_out(*row) for row in shown], next_cursor=cursor)


@router.get("/ledger/accounts/{account_id}/entries", operation_id="list_ledger_entries")
async def list_entries(
    actor: Accountant, session: Session, account_id: UUID, page: Paging
) -> Page[schemas.JournalEntryOut]:
    """List an account's entries in order, with the running balance."""
    account = await queries.get_account(session, account_id)
    after = page.after(int)
    rows = await queries.entries_after(session, account, after[0] if after else None, page.limit + 1)
    shown, cursor = cut(rows, page, lambda row: (row.entry.seq,))
    return Page(items=[schemas.entry_out(row) for row in shown], next_cursor=cursor)


@router.get(
    "/ledger/accounts/{account_id}/entries.csv",
    operation_id="export_ledger_entries",
    response_class=StreamingResponse,
    responses=file_answer("The entries", "text/csv"),
)
async def export_entries(actor: Accountant, session: Session, account_id: UUID, request: Request) -> Response:
    """Download all entries of an account as CSV, with the running balance."""
    account = await queries.get_account(session, account_id)
    headers = {"Content-Disposition": f'attachment; filename="entries-{account.code}-{account.id}.csv"'}
    lines = entries_csv(context_of(request).database, account)
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/ledger/trial-balance", operation_id="read_trial_balance")
async def read_trial_balance(actor: Accountant, session: Session) -> schemas.TrialBalanceOut:
    """Read debits and credits of the whole ledger by account code (试算平衡). They are equal."""
    lines = await queries.trial_balance(session)
    debit = sum((line.debit for line in lines), rules.ZERO)
    credit = sum((line.credit for line in lines), rules.ZERO)
    return schemas.TrialBalanceOut(
        lines=[schemas.TrialLineOut.model_validate(line) for line in lines],
        debit=debit,
        credit=credit,
        difference=debit - credit,
        server_time=await read_clock(session),
    )
