"""Files that people share in Slack, fetched with the bot's token, from Slack alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
from slack_sdk.web.async_client import AsyncWebClient

from ingest.errors import SourceError

MOST_BYTES = 20 * 2**20
SECONDS = 30.0
_TOO_LARGE = f"It is larger than {MOST_BYTES // 2**20} MiB."
_SMALLER = "Add it with `dossier ingest`, or split it."


async def fetched(client: AsyncWebClient, file: Mapping[str, Any]) -> bytes:
    """The contents of a file as Slack describes it.

    Raises: SourceError for one that is too large, is kept elsewhere, or cannot be had.
    """
    address = str(file.get("url_private_download") or file.get("url_private") or "")
    if not of_slack(address, client.base_url):
        raise SourceError("It is not kept by Slack.", "Share its link instead.")
    if int(file.get("size") or 0) > MOST_BYTES:
        raise SourceError(_TOO_LARGE, _SMALLER)
    headers = {"Authorization": f"Bearer {client.token}"}
    try:
        async with httpx.AsyncClient(timeout=SECONDS) as http, http.stream("GET", address, headers=headers) as response:
            page = response.headers.get("content-type", "").startswith("text/html")
            # Without the right to read files, Slack sends its login page.
            if response.status_code != httpx.codes.OK or (page and "html" not in str(file.get("mimetype"))):
                raise SourceError(
                    "Slack does not give the file to the bot.", "Check that the app has the scope files:read."
                )
            return await _bounded(response)
    except httpx.HTTPError as error:
        raise SourceError("The file could not be fetched from Slack.", "Try again.") from error


def of_slack(address: str, api_url: str) -> bool:
    """Whether the address is of Slack's own, as its Web API is: the token must go nowhere else."""
    wanted, api = urlsplit(address), urlsplit(api_url)
    host, ours = wanted.hostname or "", api.hostname or ""
    if wanted.scheme != api.scheme:
        return False
    return wanted.netloc == api.netloc or (wanted.port is None and host.endswith(f".{ours}"))


async def _bounded(response: httpx.Response) -> bytes:
    data = bytearray()
    async for chunk in response.aiter_bytes():
        data += chunk
        if len(data) > MOST_BYTES:
            raise SourceError(_TOO_LARGE, _SMALLER)
    return bytes(data)
