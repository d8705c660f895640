"""The head of the document: what the exchange is, where it is served, and the tags in the order of the story."""

from typing import Any, Final

DESCRIPTION: Final = """Backend of a technology exchange (技术交易所): results, listings, deals, contracts, awards.

Money is CNY in a string, to the fen. Times are RFC 3339. Lists page by `cursor`. Every POST takes an
`Idempotency-Key`; refusals are RFC 9457 problem documents in English or Chinese (`Accept-Language: zh`).
"You" are the organisation of the key; "staff" are operator, registrar, award officer and auditor of the exchange.
"""
TAGS: Final = {
    "identity": "Organisations (交易主体), people, technical brokers (技术经纪人) and API keys.",
    "results": "Results (科技成果): owners, rights, consents, and whether a result may be listed.",
    "ip-assets": "Rights (知识产权): each once, its standing, what happened to it, and what was granted in it.",
    "appraisals": "Appraisal reports (资产评估报告), their review, and prices approved again below the floor.",
    "demands": "Demands (需求): needs and scenarios, their check by two people, and confidential responses (应答).",
    "challenges": "Challenges (揭榜挂帅): sealed bids, experts, published scores, notice, award.",
    "listings": "Listings (交易项目) from draft to sale, with documents, questions and answers.",
    "finding": "Search (检索) in what is public, matching (供需匹配), and the industry map (产业图谱).",
    "first-come": "Purchase at the asking price, first come first served (先到先得).",
    "listed": "Competitive listed sales (公开征集受让方): conditions, registrants, revisions, end of the notice.",
    "negotiated": "Negotiations (协议定价): offers, acceptance, approval of related parties.",
    "notices": "Public notices of negotiated prices (协议定价公示) and objections to them.",
    "appraised": "Purchase offers on listings whose price rests on an appraisal (评估定价).",
    "auctions": "Auctions (拍卖) and bidding (网络竞价): bidders, bids, the signed log, the confirmation of the sale.",
    "gates": "Gates (成交前置事项): what must be settled before a deal, such as a right of first refusal.",
    "deals": "Deals (成交项目): the agreed price and what becomes of it.",
    "contracts": "Technology contracts (技术合同): draft, amounts, signatures, documents.",
    "registration": "Recognition and registration of contracts (技术合同认定登记).",
    "payments": "Payments (到账) and invoices (发票) on contracts.",
    "settlement": "Settlement (结算) of a deal: what is due, has arrived, is held and was paid out.",
    "certificates": "Transaction certificates (交易凭证): conditions, issue, verification, revocation.",
    "ledger": "Deposits (保证金), instructions (缴款通知), what the bank confirms, accounts and entries.",
    "awards": "Awards for technology transactions (技术交易奖补): programmes, runs, statements, estimates.",
    "dossiers": "Price dossiers (定价档案) of deals, and the bundles taken of them.",
    "worklist": "What waits (待办事项): for you to act on, and what you wait for.",
    "documents": "Uploaded documents (文件).",
    "calendar": "Working days (工作日), and what the operator declared of single days.",
    "periods": "Periods (期限) that run, and the rules that they run by.",
    "system": "The event feed, the audit chain, the clock, refusals, health.",
    "sandbox": "What only a sandbox has: moving the clock.",
}


def tags() -> list[dict[str, Any]]:
    """The tags as the document declares them."""
    return [{"name": name, "description": description} for name, description in TAGS.items()]


LICENCE: Final = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
CONTACT: Final = {"name": "The operator of the exchange that serves this document"}
SERVERS: Final = [{"url": "/", "description": "The exchange that serves this document"}]
