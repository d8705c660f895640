"""What contracts announce: `(session, contract, now)`; deal and contract are locked, in this order."""

from datetime import datetime
from typing import Final

from app.contracts.models import Contract
from app.core.database import Session
from app.core.hooks import Hook

signed: Final[Hook[[Session, Contract, datetime]]] = Hook("contract.signed")
"""A contract is signed by everybody, its deal being under contract; also after an amendment."""
amended: Final[Hook[[Session, Contract, datetime]]] = Hook("contract.amended")
"""A signed contract became a draft again."""
paid: Final[Hook[[Session, Contract, datetime]]] = Hook("contract.paid")
"""A seller recorded a payment, or the reversal of one."""
ended: Final[Hook[[Session, Contract, datetime]]] = Hook("contract.ended")
"""A contract ended (变更、解除、撤销)."""
