"""How long a test waits for what must come."""

PATIENCE = 180
"""Seconds after which a test takes what it waits for to hang. It guards alone: a loaded machine is no fault."""
