"""What waits for somebody, and for whom: pure."""

from enum import StrEnum


class MatterKind(StrEnum):
    """What is to be done. Each is a row of `sections.SECTIONS`."""

    ANSWER_QUESTION = "answer_question"
    ANSWER_DORMANT_RESULT = "answer_dormant_result"
    SUBMIT_LISTING = "submit_listing"
    PUBLISH_LISTING = "publish_listing"
    RESUME_LISTING = "resume_listing"
    PUBLISH_REVISION = "publish_revision"
    SUBMIT_DEMAND = "submit_demand"
    CHECK_DEMAND_FIRST = "check_demand_first"
    CHECK_DEMAND_SECOND = "check_demand_second"
    ANSWER_RESPONSE = "answer_response"
    SCORE_BIDS = "score_bids"
    PUBLISH_SCORES = "publish_scores"
    DECIDE_CHALLENGE_OBJECTION = "decide_challenge_objection"
    REVIEW_APPRAISAL = "review_appraisal"
    SETTLE_GATE = "settle_gate"
    ANSWER_OFFER = "answer_offer"
    AWAIT_NOTICE = "await_notice"
    DECIDE_OBJECTION = "decide_objection"
    ANSWER_PURCHASE_OFFER = "answer_purchase_offer"
    CONFIRM_REGISTRATION = "confirm_registration"
    JUDGE_REGISTRANT = "judge_registrant"
    ANNOUNCE_AUCTION = "announce_auction"
    RESUME_AUCTION = "resume_auction"
    BID = "bid"
    ACCEPT_AUCTION_OFFER = "accept_auction_offer"
    CONFIRM_VOIDING = "confirm_voiding"
    SIGN_CONFIRMATION = "sign_confirmation"
    DRAFT_CONTRACT = "draft_contract"
    SIGN_CONTRACT = "sign_contract"
    ACCEPT_APPLICATION = "accept_application"
    DECIDE_APPLICATION = "decide_application"
    SUPPLEMENT_APPLICATION = "supplement_application"
    ISSUE_CERTIFICATE = "issue_certificate"
    PAY_DEPOSIT = "pay_deposit"
    PAY_PRICE = "pay_price"
    PAY_FEE = "pay_fee"
    PAY_OUT = "pay_out"
    RESOLVE_MONEY = "resolve_money"
    PUBLISH_AWARDS = "publish_awards"
    VERIFY_ORGANISATION = "verify_organisation"
    DECIDE_DUPLICATE = "decide_duplicate"
    CONFIRM_MERGER = "confirm_merger"
    CONFIRM_INVITATION = "confirm_invitation"
    CONFIRM_APPOINTMENT = "confirm_appointment"
    ROTATE_KEY = "rotate_key"
    RESUME_SEARCH = "resume_search"


class Side(StrEnum):
    """Who must act: the reader, or somebody whom the reader waits for."""

    MINE = "mine"
    THEIRS = "theirs"


class Viewer(StrEnum):
    """As whom a worklist is read: for an organisation, in person, or as staff in a role."""

    ORGANISATION = "organisation"
    PERSON = "person"
    OPERATOR = "operator"
    REGISTRAR = "registrar"
    AWARD_OFFICER = "award_officer"


class Unit(StrEnum):
    """How the table says when a matter is due: by a moment, by a local day, or not at all."""

    MOMENT = "moment"
    DAY = "day"
    NEVER = "never"
