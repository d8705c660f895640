"""Tables of gates: what must be settled before a deal, who settled it, on what evidence. Both are append-only."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.database import Base, Identified, OfSubject
from app.market.gates.kinds import GateKind, GateOutcome


class Gate(Identified, OfSubject, Base):
    """One thing to settle before a subject (such as a negotiation) may end in a deal. Open until it has a closure.

    The holder is the one who may say yes or no in the first place: a co-owner, a joint buyer, a completer. A gate with
    `lapses_at` closes by itself at that moment. `key` tells gates of a kind apart; `detail` holds no personal name.
    """

    __tablename__ = "gates"
    __table_args__ = (
        Index(
            "ix_gates_holder_lapses_at",
            "holder_organisation_id",
            text("coalesce(lapses_at, '9999-12-31 00:00:00+00'::timestamptz)"),
            "id",
            postgresql_where=text("holder_organisation_id IS NOT NULL"),
        ),
        Index(
            "ix_gates_seller_lapses_at",
            "seller_id",
            text("coalesce(lapses_at, '9999-12-31 00:00:00+00'::timestamptz)"),
            "id",
        ),
        Index("ix_gates_kind", "kind"),
        UniqueConstraint("subject_type", "subject_id", "kind", "key"),
        Index("ix_gates_holder_organisation_id", "holder_organisation_id", "id"),
        Index("ix_gates_holder_person_id", "holder_person_id", "id"),
        Index("ix_gates_seller_id", "seller_id", "id"),
        Index("ix_gates_subject_id", "subject_id", "id"),
        Index("ix_gates_by_lapses_at", text("coalesce(lapses_at, '9999-12-31 00:00:00+00'::timestamptz)"), "id"),
    )

    kind: Mapped[GateKind] = mapped_column(Text)
    key: Mapped[str]
    seller_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    holder_organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    holder_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    detail: Mapped[str]
    opened_at: Mapped[datetime]
    lapses_at: Mapped[datetime | None]
    closure: Mapped["GateClosure | None"] = relationship(lazy="raise")


class GateClosure(Base):
    """How a gate was settled, once: by whom (null: time), on what evidence, when."""

    __tablename__ = "gate_closures"

    gate_id: Mapped[UUID] = mapped_column(ForeignKey("gates.id"), primary_key=True)
    outcome: Mapped[GateOutcome] = mapped_column(Text)
    reference: Mapped[str]
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("documents.id"))
    closed_at: Mapped[datetime]
    closed_by_person_id: Mapped[UUID | None]
    closed_by_organisation_id: Mapped[UUID | None]
