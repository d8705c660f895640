"""HTTP of the ledger: accounts, entries, trial balance."""

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from app.core.access import Actor, Role
from app.core.clock import read_clock
from app.core.web.access import allow
from app.core.web.http import MoneyEndpoint, Session, context_of, file_answer
from app.core.web.lists import Paging, sorted_by
from app.core.web.pages import Page, PageRequest, cut
from app.core.web.routing import Router
from app.office.ledger import queries, rules, schemas
from app.office.ledger.csv_export import entries_csv

"""HTTP of the ledger: accounts, entries, trial balance."""


router = Router(route_class=MoneyEndpoint, tags=("ledger",))


Accountant = Annotated[Actor, allow(Role.OPERATOR, Role.AUDITOR, scope="ledger:read")]


@router.get("/ledger/accounts", operation_id="list_ledger_accounts")
async def list_accounts(
    actor: Accountant,
    session: Session,
    page: Annotated[PageRequest, sorted_by(queries.ACCOUNTS, queries.FILTERS)],
) -> Page[schemas.AccountOut]:
    """List the ledger's accounts with their balances, in order of opening."""
    found = await queries.list_accounts(session, page)
    return found.shown(lambda row: schemas.account_out(*row))


@router.get("/ledger/accounts/{account_id}/entries", operation_id="list_ledger_entries")
async def list_entries(
    actor: Accountant, session: Session, account_id: UUID, page: Paging
) -> Page[schemas.JournalEntryOut]:
    """List an account's entries in order, with the running balance."""
    account = await queries.get_account(session, account_id)
    after = page.after(int)
    rows = await queries.entries_after(session, account, after[0] if after else None, page.limit + 1)
    return cut(rows, page, lambda row: (row.entry.seq,)).shown(schemas.entry_out)


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
