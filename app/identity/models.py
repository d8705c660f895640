"""Tables of organisations, people, brokers and API keys."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, LargeBinary, Numeric, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.access import Role
from app.core.database import Base, Created, Identified, Recorded, Revised
from app.core.history.records import PRIVATE, VOLATILE
from app.identity.kinds import OrganisationKind, Quality, RelationKind, Verification


class Organisation(Identified, Revised, Created, Base):
    """A party of the exchange. `uscc` (统一社会信用代码) and `state_founded` are null where not known."""

    __tablename__ = "organisations"
    __table_args__ = (
        Index("ix_organisations_pending", "id", postgresql_where=text("verification = 'pending'")),
        Index("ix_organisations_kind", "kind"),
        Index("ix_organisations_verification", "verification"),
        Index("ix_organisations_name", "name", "id"),
        Index("ix_organisations_folded_name", text("techex_folded(name)")),
        Index("ix_organisations_core_name", text("techex_core_name(name)")),
        Index("ix_organisations_organisation_code", text("substr(uscc, 9, 9)")),
    )

    name: Mapped[str]
    kind: Mapped[OrganisationKind] = mapped_column(Text)
    uscc: Mapped[str | None] = mapped_column(unique=True)
    state_founded: Mapped[bool | None]
    fictional: Mapped[bool] = mapped_column(default=False)
    verification: Mapped[Verification] = mapped_column(Text, default=Verification.PENDING)
    verification_reason: Mapped[str | None]
    divisions: Mapped[list["OrganisationDivision"]] = relationship(
        lazy="raise", order_by="OrganisationDivision.valid_from", back_populates="organisation"
    )
    qualities: Mapped[list["OrganisationQuality"]] = relationship(
        lazy="raise", order_by="OrganisationQuality.valid_from, OrganisationQuality.id"
    )
    former_names: Mapped[list["FormerName"]] = relationship(lazy="raise", order_by="FormerName.valid_to")


class OrganisationDivision(Identified, Base):
    """Where an organisation resides (GB/T 2260 code), from a day on until a day (the last one included)."""

    __tablename__ = "organisation_divisions"
    __table_args__ = (
        Index("ix_organisation_divisions_division_code", "division_code"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="order"),
        Index("ix_organisation_divisions_organisation_id", "organisation_id", "valid_from", unique=True),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    division_code: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    organisation: Mapped[Organisation] = relationship(lazy="raise", back_populates="divisions")


class OrganisationQuality(Identified, Recorded, Base):
    """What an organisation was recognised as, from a day until a day (the last one included), and on which paper.

    `ended_by` and `end_source` are there once it ended by an act of its own and not as the paper said. Of what was
    recorded before qualities were, nobody knows by whom.
    """

    __tablename__ = "organisation_qualities"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="order"),
        Index("ix_organisation_qualities_organisation_id", "organisation_id", "quality", "valid_from"),
        Index("ix_organisation_qualities_quality", "quality", "id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    quality: Mapped[Quality] = mapped_column(Text)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    end_source: Mapped[str | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))


class FormerName(Identified, Recorded, Base):
    """What an organisation was called until a day (曾用名), the last one included, and the paper of the rename."""

    __tablename__ = "organisation_former_names"
    __table_args__ = (
        Index("ix_organisation_former_names_organisation_id", "organisation_id", "valid_to", unique=True),
        # In the order of characters, for names that begin so; the database's own order may be another.
        Index("ix_organisation_former_names_name", "name", postgresql_ops={"name": "text_pattern_ops"}),
        Index("ix_organisation_former_names_folded_name", text("techex_folded(name)")),
        Index("ix_organisation_former_names_core_name", text("techex_core_name(name)")),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    name: Mapped[str]
    valid_to: Mapped[date]
    source: Mapped[str]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))


class OrganisationRelation(Identified, Base):
    """A finding that two organisations are related parties; `share` is what the first holds of the second."""

    __tablename__ = "organisation_relations"
    __table_args__ = (
        Index("ix_organisation_relations_kind", "kind"),
        CheckConstraint("first_id <> second_id", name="two"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="order"),
        Index("ix_organisation_relations_first_id", "first_id"),
        Index("ix_organisation_relations_second_id", "second_id"),
    )

    first_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    second_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    kind: Mapped[RelationKind] = mapped_column(Text)
    share = mapped_column(Numeric(7, 6), nullable=True)
    detail: Mapped[str]
    source: Mapped[str]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class Person(Identified, Created, Base):
    """A natural person who acts for an organisation or for the market."""

    __tablename__ = "people"

    name: Mapped[str] = mapped_column(info=PRIVATE)


class Membership(Identified, Base):
    """A person acting for an organisation, as member or as its admin."""

    __tablename__ = "memberships"
    __table_args__ = (
        Index("ix_memberships_role", "role"),
        CheckConstraint("role IN ('member', 'admin')", name="role"),
        Index(
            "uq_memberships_current",
            "person_id",
            "organisation_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_memberships_organisation_id", "organisation_id"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    role: Mapped[Role] = mapped_column(Text)
    ended_at: Mapped[datetime | None]


class Appointment(Identified, Base):
    """A person's role in the market itself: operator, registrar, award officer or auditor.

    One operator asks for it and another confirms it; until then it waits. Those made on the machine name neither.
    """

    __tablename__ = "appointments"
    __table_args__ = (
        CheckConstraint("role IN ('operator', 'registrar', 'award_officer', 'auditor')", name="role"),
        CheckConstraint("confirmed_by <> asked_by", name="two"),
        Index("uq_appointments_current", "person_id", "role", unique=True, postgresql_where=text("ended_at IS NULL")),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    role: Mapped[Role] = mapped_column(Text)
    awaits_confirmation: Mapped[bool] = mapped_column(default=False, server_default=false())
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    ended_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])


class Broker(Identified, Base):
    """A technical broker (技术经纪人): a person with a certificate."""

    __tablename__ = "brokers"
    __table_args__ = (Index("uq_brokers_certificate_number", text("techex_folded(certificate_number)"), unique=True),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), unique=True)
    certificate_number: Mapped[str] = mapped_column(info=PRIVATE)
    certified_on: Mapped[date]
    person: Mapped[Person] = relationship(lazy="raise")
    employments: Mapped[list["Employment"]] = relationship(
        lazy="raise", order_by="Employment.valid_from", back_populates="broker"
    )


class Employment(Identified, Base):
    """A broker's employment by an agency; at most one at a time. `valid_to` is the last day."""

    __tablename__ = "employments"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="order"),
        Index("uq_employments_current", "broker_id", unique=True, postgresql_where=text("valid_to IS NULL")),
        Index("ix_employments_agency_id", "agency_id"),
        Index("ix_employments_broker_id", "broker_id"),
    )

    broker_id: Mapped[UUID] = mapped_column(ForeignKey("brokers.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    broker: Mapped[Broker] = relationship(lazy="raise", back_populates="employments")


class ApiKey(Identified, Created, Base):
    """A key of a person, for one organisation or (null) for the market. Only the SHA-256 of its 256 bits is kept.

    It ends with its parent: the key that issued it, or that the issuing one was replaced by. A key from an invitation
    has none. Of keys issued before this was recorded, nobody knows the parent.
    """

    __tablename__ = "api_keys"
    __table_args__ = (
        Index("ix_api_keys_person_id", "person_id"),
        Index("ix_api_keys_by_expires_at", "expires_at", "id"),
        Index("ix_api_keys_organisation_id", "organisation_id"),
        Index("ix_api_keys_parent_id", "parent_id"),
        Index("ix_api_keys_replaces_id", "replaces_id"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    name: Mapped[str]
    prefix: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None] = mapped_column(info=VOLATILE)
    issued_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("api_keys.id"))
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("api_keys.id"))
    invitation_id: Mapped[UUID | None] = mapped_column(ForeignKey("invitations.id"), unique=True)


class Invitation(Identified, Created, Base):
    """Lets a person make the own first key, once. Only the SHA-256 of its secret is kept.

    Where the person, or the organisation, had keys before, a second operator confirms it; before that it has no secret.
    """

    __tablename__ = "invitations"
    __table_args__ = (
        Index(
            "ix_invitations_second",
            "expires_at",
            "id",
            postgresql_where=text(
                "needs_second AND confirmed_by IS NULL AND redeemed_at IS NULL AND revoked_at IS NULL"
            ),
        ),
        Index("ix_invitations_person_id", "person_id"),
        CheckConstraint("confirmed_by <> asked_by", name="two"),
        CheckConstraint("redeemed_at IS NULL OR digest IS NOT NULL", name="given"),
        Index("ix_invitations_organisation_id", "organisation_id"),
        Index("ix_invitations_asked_key_id", "asked_key_id"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    asked_key_id: Mapped[UUID] = mapped_column(ForeignKey("api_keys.id", use_alter=True))
    needs_second: Mapped[bool]
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    digest: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    expires_at: Mapped[datetime]
    redeemed_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Departure(Identified, Created, Base):
    """A person leaves an organisation with the end of a day: membership, employment and keys end together.

    `employed_until` is what the employment said before, for the case that it is taken back.
    """

    __tablename__ = "departures"
    __table_args__ = (
        Index(
            "uq_departures_pending",
            "person_id",
            "organisation_id",
            unique=True,
            postgresql_where=text("done_at IS NULL AND taken_back_at IS NULL"),
        ),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    last_day: Mapped[date]
    ends_at: Mapped[datetime]
    reason: Mapped[str]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    employment_id: Mapped[UUID | None] = mapped_column(ForeignKey("employments.id"))
    employed_until: Mapped[date | None]
    done_at: Mapped[datetime | None]
    taken_back_at: Mapped[datetime | None]
