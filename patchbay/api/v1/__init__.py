"""Patchbay's own API, under `/api/v1`."""

from patchbay.api.v1.routes import attach, plain_routes

__all__ = ["attach", "plain_routes"]
