"""The two methods of Slack's API that an installation calls, on loopback. What it grants can be used as at Slack:
a code once, a refresh token once, a token until it is revoked."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

CLIENT_ID, CLIENT_SECRET = "111.222", "client-secret-of-the-app"
_CLIENT = b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()


@dataclass
class Granting:
    """What it grants for a code, whom a token belongs to, and what it was asked."""

    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    bearers: dict[str, dict[str, Any]] = field(default_factory=dict)
    refreshes: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    address: str = ""

    def workspace(self, team: str, *, enterprise: str | None = None, whole: bool = False, **changes: Any) -> str:
        """A code for that workspace, or for the `whole` organisation, good once."""
        token = f"xoxb-of-{team}"
        grant = {
            "ok": True,
            "app_id": "A1",
            "access_token": token,
            "token_type": "bot",
            "scope": "chat:write,app_mentions:read",
            "bot_user_id": f"UBOT{team}",
            "team": None if whole else {"id": team, "name": f"Team <{team}>"},
            "enterprise": enterprise and {"id": enterprise, "name": f"Org {enterprise}"},
            "authed_user": {"id": f"UADMIN{team}"},
            "is_enterprise_install": whole,
        }
        self.codes[f"code-of-{team}"] = grant | changes
        self.bearer(token, team)
        return f"code-of-{team}"

    def bearer(self, token: str, team: str, user: str | None = None) -> None:
        """Whom auth.test says that the token belongs to: the user, or the team's bot."""
        bot = {} if user else {"bot_id": f"B{team}"}
        who = {"team_id": team, "user_id": user or f"UBOT{team}", "url": "https://org.example/"}
        self.bearers[token] = {"ok": True, **who, **bot}

    def renewal(self, refresh: str, token: str, following: str, kind: str = "bot", team: str = "T1") -> None:
        """What the refresh token is good for, once."""
        self.refreshes[refresh] = {
            "ok": True,
            "token_type": kind,
            "access_token": token,
            "refresh_token": following,
            "expires_in": 43200,
        }
        self.bearer(token, team)

    async def access(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(form)
        if request.headers.get("Authorization") != f"Basic {_CLIENT}":
            return web.json_response({"ok": False, "error": "bad_client_secret"})
        await asyncio.sleep(0.02)
        if form.get("grant_type") == "refresh_token":
            granted = self.refreshes.pop(form["refresh_token"], None)
            return web.json_response(granted or {"ok": False, "error": "invalid_refresh_token"})
        return web.json_response(self.codes.pop(form["code"], None) or {"ok": False, "error": "invalid_code"})

    async def whose(self, request: web.Request) -> web.Response:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return web.json_response(self.bearers.get(token) or {"ok": False, "error": "invalid_auth"})


@asynccontextmanager
async def granted() -> AsyncIterator[Granting]:
    """It, while it is served."""
    granting = Granting()
    app = web.Application()
    app.add_routes(
        [web.post("/api/oauth.v2.access", granting.access), web.post("/api/auth.test", granting.whose)],
    )
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        granting.address = f"http://{host}:{port}/api/"
        yield granting
    finally:
        await runner.cleanup()
