"""`/api/v1/settings`: what only an admin may see."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from patchbay.api import callbacks
from patchbay.api.serving import SERVING
from patchbay.api.v1 import schemas
from patchbay.api.v1.operations import Nothing, Operation, operation


@operation("GET", "/settings/webhook-secret", gives=schemas.WebhookSecret)
async def get_webhook_secret(request: web.Request, _: Nothing) -> schemas.WebhookSecret:
    """Get what webhooks are signed with."""
    return schemas.WebhookSecret(secret=callbacks.secret(request.app[SERVING].queue.table))


@operation("POST", "/settings/webhook-secret", gives=schemas.WebhookSecret)
async def renew_webhook_secret(request: web.Request, _: Nothing) -> schemas.WebhookSecret:
    """Replace what webhooks are signed with; the old one is worth nothing from now on."""
    return schemas.WebhookSecret(secret=callbacks.new_secret(request.app[SERVING].queue.table))


OPERATIONS: tuple[Operation[Any], ...] = (get_webhook_secret, renew_webhook_secret)
