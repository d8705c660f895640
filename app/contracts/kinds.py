"""The kinds and states of contracts: pure, so that rules may know them without a database."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from app.catalogue.results.kinds import TransferMode


class ContractType(StrEnum):
    """Kinds of technology contract (Civil Code, book 3, chapter 20). The last two earn no award."""

    DEVELOPMENT = "development"
    TRANSFER = "transfer"
    LICENCE = "licence"
    CONSULTING = "consulting"
    SERVICE = "service"


TYPE_OF_MODE: Final[Mapping[TransferMode, ContractType]] = {
    TransferMode.ASSIGNMENT: ContractType.TRANSFER,
    TransferMode.EXCLUSIVE_LICENCE: ContractType.LICENCE,
    TransferMode.SOLE_LICENCE: ContractType.LICENCE,
    TransferMode.ORDINARY_LICENCE: ContractType.LICENCE,
    TransferMode.COMMISSIONED_DEVELOPMENT: ContractType.DEVELOPMENT,
    TransferMode.JOINT_DEVELOPMENT: ContractType.DEVELOPMENT,
    TransferMode.CONSULTING: ContractType.CONSULTING,
    TransferMode.SERVICE: ContractType.SERVICE,
}
"""What a transfer mode (转化方式) makes the contract. Of an equity contribution the parties say which it is."""


class ContractStatus(StrEnum):
    """Where a contract stands. Cancelled: it ended (变更、解除、撤销) together with its registration."""

    DRAFT = "draft"
    SIGNED = "signed"
    CANCELLED = "cancelled"


class PaymentTerms(StrEnum):
    """How the price is paid (Civil Code art. 846)."""

    LUMP_SUM = "lump_sum"
    INSTALMENTS = "instalments"
    ROYALTY = "royalty"
    ROYALTY_WITH_ENTRY_FEE = "royalty_with_entry_fee"


class DeductionKind(StrEnum):
    """What is not technology in a contract's total (非技术性费用)."""

    EQUIPMENT = "equipment"
    INSTRUMENTS = "instruments"
    PARTS = "parts"
    MATERIALS = "materials"
    OTHER = "other"


class ReversalKind(StrEnum):
    """Why a payment is taken back: the bank did it (银行退回), the payee did (退款), or it never came (误记)."""

    RETURNED_BY_BANK = "returned_by_bank"
    REFUNDED = "refunded"
    RECORDED_WRONGLY = "recorded_wrongly"


class Regime(StrEnum):
    """Which rules of recognition and registration apply, by the contract's own date (DOMAIN: new from 2026-03-01)."""

    MEASURES_2000 = "measures_2000"
    MEASURES_2026 = "measures_2026"


class RegistrationStatus(StrEnum):
    """Where an application for recognition and registration (认定登记) stands."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    SUPPLEMENTS_REQUESTED = "supplements_requested"
    REGISTERED = "registered"
    REFUSED = "refused"
    CANCELLED = "cancelled"
