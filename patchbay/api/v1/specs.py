"""`/api/v1/specs`: every node in full, for an editor that starts."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import ETag, web

from patchbay.api.encodings import accepts
from patchbay.api.replies import JSON_TYPE
from patchbay.api.serving import SERVING
from patchbay.api.v1 import schemas
from patchbay.api.v1.desk import DESK
from patchbay.api.v1.operations import Nothing, Operation, operation


@operation("GET", "/specs", gives=schemas.Specs)
async def get_specs(request: web.Request, _: Nothing) -> web.Response:
    """Get every node in full, in one answer.

    Send `If-None-Match` with the ETag of the last one: 304 says that nothing has changed.
    """
    catalogue = request.app[SERVING].catalogue
    text = await asyncio.to_thread(request.app[DESK].library.text, catalogue)
    # Weak: it names the text, not the bytes, which come packed or not.
    answer = web.Response(content_type=JSON_TYPE, charset="utf-8")
    answer.etag = ETag(text.tag, is_weak=True)
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Vary"] = "Accept-Encoding"
    if any(tag.value in (text.tag, "*") for tag in request.if_none_match or ()):
        answer.set_status(304)
    elif accepts(request, "gzip"):
        answer.headers["Content-Encoding"] = "gzip"
        answer.body = text.packed
    else:
        answer.body = text.plain
    return answer


OPERATIONS: tuple[Operation[Any], ...] = (get_specs,)
