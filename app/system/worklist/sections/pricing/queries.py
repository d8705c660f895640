"""What waits while a price is found: offers, notices, registrants, auctions."""

from typing import Final

from app.core.problems import Text
from app.law.instruments import AUCTION_LAW, CIVIL_CODE, CONVERSION_LAW, OPERATING_RULES
from app.system.worklist.kinds import MatterKind, Side, Viewer
from app.system.worklist.section import Section, View, at

_NEGOTIATION: Final = ("deals:read", "negotiation", "/v1/negotiations/{subject_id}", "POST")
_BUYER: Final = "negotiation_buyers b JOIN negotiations m ON m.id = b.negotiation_id"
_AUCTION: Final = ("auctions:read", "auction", "/v1/auctions/{subject_id}", "POST")
_NOTICE: Final = " JOIN notices n ON n.negotiation_id = m.id JOIN listings l ON l.id = m.listing_id"
_LAST_OFFER: Final = (
    " JOIN listings l ON l.id = m.listing_id CROSS JOIN LATERAL "
    "(SELECT o.side, o.price, o.expires_at FROM negotiation_offers o WHERE o.negotiation_id = m.id "
    "ORDER BY o.number DESC LIMIT 1) o"
)
_JUDGED: Final = (
    "EXISTS (SELECT FROM listed_qualifications q WHERE q.registration_id = m.id "
    "AND q.listing_version = l.version AND q.judge = '{}')"
)

SECTIONS: Final = (
    Section(
        MatterKind.ANSWER_OFFER,
        Text("Accept the offer, or make another one.", "接受要约，或者提出新要约。"),
        CIVIL_CODE.art("481"),
        *_NEGOTIATION,
        "/v1/negotiations/{subject_id}/acceptance",
        f"negotiations m{_LAST_OFFER}",
        "m.status = 'open' AND o.expires_at > :now",
        (
            View(Viewer.ORGANISATION, Side.MINE, "m.seller_id = :own AND o.side = 'buyer'", "m.lead_id"),
            View(Viewer.ORGANISATION, Side.THEIRS, "m.seller_id = :own AND o.side = 'seller'", "m.lead_id"),
            View(Viewer.ORGANISATION, Side.MINE, "m.lead_id = :own AND o.side = 'seller'", "m.seller_id"),
            View(
                Viewer.ORGANISATION,
                Side.THEIRS,
                "b.organisation_id = :own AND (o.side = 'buyer' OR m.lead_id <> :own)",
                "CASE WHEN o.side = 'buyer' THEN m.seller_id ELSE m.lead_id END",
                source=f"{_BUYER}{_LAST_OFFER}",
            ),
        ),
        at("o.expires_at"),
        title="l.title",
        amount="o.price",
    ),
    Section(
        MatterKind.AWAIT_NOTICE,
        Text(
            "Wait for the end of the public notice; the deal is made then if nothing objects.",
            "等待公示期满；期满无异议即成交。",
        ),
        CONVERSION_LAW.art("18"),
        *_NEGOTIATION,
        "/v1/negotiations/{subject_id}/closing",
        f"negotiations m{_NOTICE}",
        "m.status = 'agreed'",
        (
            View(Viewer.ORGANISATION, Side.THEIRS, "m.seller_id = :own", "m.lead_id"),
            View(
                Viewer.ORGANISATION,
                Side.THEIRS,
                "b.organisation_id = :own",
                "m.seller_id",
                source=f"{_BUYER}{_NOTICE}",
            ),
        ),
        at("n.ends_at"),
        title="l.title",
    ),
    Section(
        MatterKind.DECIDE_OBJECTION,
        Text("Decide on the objection to the public notice.", "对公示异议作出处理。"),
        CONVERSION_LAW.art("18"),
        "deals:read",
        "objection",
        "/v1/objections/{subject_id}",
        "POST",
        "/v1/objections/{subject_id}/decision",
        "negotiations g JOIN notices n ON n.negotiation_id = g.id JOIN notice_objections m ON m.notice_id = n.id "
        "JOIN listings l ON l.id = g.listing_id",
        "g.status = 'agreed' AND NOT EXISTS (SELECT FROM objection_decisions d WHERE d.objection_id = m.id)",
        (
            View(Viewer.OPERATOR, Side.MINE, "true", "g.seller_id"),
            View(Viewer.ORGANISATION, Side.THEIRS, "g.seller_id = :own"),
        ),
        at("n.ends_at"),
        number="n.number",
        title="l.title",
    ),
    Section(
        MatterKind.ANSWER_PURCHASE_OFFER,
        Text("Accept the purchase offer before it expires.", "在购买要约失效前予以接受。"),
        CIVIL_CODE.art("481"),
        "deals:read",
        "purchase_offer",
        "/v1/purchase-offers/{subject_id}",
        "POST",
        "/v1/purchase-offers/{subject_id}/acceptance",
        "purchase_offers m JOIN listings l ON l.id = m.listing_id",
        "m.status = 'open' AND m.expires_at > :now",
        (
            View(Viewer.ORGANISATION, Side.MINE, "m.seller_id = :own", "m.buyer_id"),
            View(Viewer.ORGANISATION, Side.THEIRS, "m.buyer_id = :own", "m.seller_id"),
        ),
        at("m.expires_at"),
        title="l.title",
        amount="m.price",
    ),
    Section(
        MatterKind.CONFIRM_REGISTRATION,
        Text("Confirm the registration for the changed content of the listing.", "按修订后的公告内容确认受让申请。"),
        OPERATING_RULES.art("19"),
        "deals:read",
        "listing_registration",
        "/v1/listing-registrations/{subject_id}",
        "POST",
        "/v1/listing-registrations/{subject_id}/confirmation",
        "listed_registrations m JOIN listings l ON l.id = m.listing_id",
        "m.status = 'registered' AND m.listing_version < l.version AND l.status = 'published'",
        (
            View(Viewer.ORGANISATION, Side.MINE, "m.organisation_id = :own", "m.seller_id"),
            View(Viewer.ORGANISATION, Side.THEIRS, "m.seller_id = :own", "m.organisation_id"),
        ),
        at("l.closes_at", may_miss=True),
        title="l.title",
        amount="l.asking_price",
    ),
    Section(
        MatterKind.JUDGE_REGISTRANT,
        Text("Decide whether the intending transferee meets the conditions.", "确认意向受让方是否符合受让条件。"),
        OPERATING_RULES.art(Text("on the qualification of transferees", "受让资格确认")),
        "deals:read",
        "listing_registration",
        "/v1/listing-registrations/{subject_id}",
        "POST",
        "/v1/listing-registrations/{subject_id}/qualification",
        "listed_registrations m JOIN listings l ON l.id = m.listing_id JOIN listed_sales s ON s.listing_id = l.id",
        "m.status = 'registered' AND m.listing_version = l.version AND s.phase IN ('notice', 'review')",
        (
            View(
                Viewer.OPERATOR,
                Side.MINE,
                f"s.phase = 'review' AND NOT {_JUDGED.format('operator')}",
                "m.organisation_id",
            ),
            View(
                Viewer.ORGANISATION,
                Side.MINE,
                f"m.seller_id = :own AND NOT {_JUDGED.format('seller')}",
                "m.organisation_id",
            ),
            View(
                Viewer.ORGANISATION,
                Side.THEIRS,
                f"m.organisation_id = :own AND NOT {_JUDGED.format('seller')}",
                "m.seller_id",
            ),
        ),
        at("coalesce(s.review_ends_at, l.closes_at)", may_miss=True),
        title="l.title",
        amount="l.asking_price",
    ),
    Section(
        MatterKind.ANNOUNCE_AUCTION,
        Text("Announce the auction, or refuse it.", "公告该拍卖，或者不予公告。"),
        AUCTION_LAW.art("45"),
        *_AUCTION,
        "/v1/auctions/{subject_id}/announcement",
        "auctions m",
        "m.status = 'proposed'",
        (
            View(Viewer.OPERATOR, Side.MINE, "true", "m.seller_id"),
            View(Viewer.ORGANISATION, Side.THEIRS, "m.seller_id = :own"),
        ),
        at("m.starts_at"),
        title="m.title",
    ),
    Section(
        MatterKind.RESUME_AUCTION,
        Text("Resume the suspended auction, or cancel it.", "恢复已中止的拍卖，或者终止。"),
        AUCTION_LAW.art("45"),
        *_AUCTION,
        "/v1/auctions/{subject_id}/resumption",
        "auctions m",
        "m.status = 'suspended'",
        (
            View(Viewer.OPERATOR, Side.MINE, "true", "m.seller_id"),
            View(Viewer.ORGANISATION, Side.THEIRS, "m.seller_id = :own"),
        ),
        title="m.title",
        amount="m.price",
    ),
    Section(
        MatterKind.BID,
        Text("Bid in the auction before it ends.", "在拍卖结束前报价。"),
        AUCTION_LAW.art("36"),
        *_AUCTION,
        "/v1/auctions/{subject_id}/bids",
        "auction_bidders b JOIN auctions m ON m.id = b.auction_id",
        "m.status = 'announced' AND m.ends_at > :now AND b.withdrawn_at IS NULL",
        (View(Viewer.ORGANISATION, Side.MINE, "b.organisation_id = :own", "m.seller_id"),),
        at("m.ends_at"),
        title="m.title",
        amount="m.price",
    ),
    Section(
        MatterKind.ACCEPT_AUCTION_OFFER,
        Text("Say whether you take the lot that the winner left.", "答复是否受让原买受人放弃的标的。"),
        AUCTION_LAW.art("39"),
        *_AUCTION,
        "/v1/auctions/{subject_id}/offer-acceptance",
        "auctions m JOIN auction_bidders b ON b.auction_id = m.id AND b.paddle = m.offered_to",
        "m.offered_to IS NOT NULL",
        (
            View(Viewer.ORGANISATION, Side.MINE, "b.organisation_id = :own", "m.seller_id"),
            View(Viewer.ORGANISATION, Side.THEIRS, "m.seller_id = :own", "b.organisation_id"),
        ),
        at("m.offer_ends_at", may_miss=True),
        title="m.title",
    ),
    Section(
        MatterKind.CONFIRM_VOIDING,
        Text("Confirm, as a second operator, that the bids are void.", "由第二名工作人员确认报价无效。"),
        AUCTION_LAW.art("36"),
        *_AUCTION,
        "/v1/auctions/{subject_id}/voidings/{id}/confirmation",
        "bid_voidings v JOIN auctions m ON m.id = v.auction_id",
        "v.confirmed_by IS NULL AND m.status IN ('announced', 'suspended')",
        (
            View(Viewer.OPERATOR, Side.MINE, "v.asked_by <> :person", "m.seller_id"),
            View(Viewer.OPERATOR, Side.THEIRS, "v.asked_by = :person", "m.seller_id"),
        ),
        id="v.id",
        title="m.title",
    ),
    Section(
        MatterKind.SIGN_CONFIRMATION,
        Text("Sign the confirmation of the sale.", "签署成交确认书。"),
        AUCTION_LAW.art("52"),
        *_AUCTION,
        "/v1/auctions/{subject_id}/confirmation/signature",
        "deal_parties p JOIN deals d ON d.id = p.deal_id JOIN auction_confirmations c ON c.deal_id = d.id "
        "JOIN auctions m ON m.id = c.auction_id",
        "d.status = 'agreed' AND p.role IN ('seller', 'buyer') AND NOT EXISTS (SELECT FROM "
        "auction_confirmation_signatures s WHERE s.confirmation_id = c.id AND s.organisation_id = p.organisation_id)",
        (View(Viewer.ORGANISATION, Side.MINE, "p.organisation_id = :own"),),
        at("d.contract_due_at", may_miss=True),
        id="c.id",
        title="m.title",
        amount="d.price",
    ),
)
