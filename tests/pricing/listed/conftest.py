"""Fixtures of competitive listed sales."""

from tests.pricing.listed.factory import stand_in

__all__ = ["stand_in"]
