"""Many workspaces install the one app: Slack's OAuth, from the link to the token that is kept."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import urlencode, urljoin

from aiohttp import ClientError
from pydantic import SecretStr
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncInstallationStoreAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.oauth.async_callback_options import AsyncFailureArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackClientError
from slack_sdk.oauth import AuthorizeUrlGenerator
from slack_sdk.web.async_client import AsyncWebClient

from ingest.errors import DossierError, SettingsError
from service.settings import SlackSettings
from service.slack.door import INSTALL_PATH, REDIRECT_PATH
from service.slack.installed import SealedInstallations, SealedStates
from service.slack.pages import PAGES, UNAVAILABLE
from service.slack.rotating import Rotator
from service.slack.sealing import Seal
from service.store.database import Store
from service.store.installations import Installations
from service.store.states import GOOD_SECONDS, States

COOKIE = "__Host-dossier-slack-state"
"""By its prefix a browser takes it from this host alone, over HTTPS."""


class Consent(AuthorizeUrlGenerator):
    """The address of Slack's page that asks for consent. The SDK's would let the `team` of a link add anything to it,
    such as further scopes."""

    def generate(self, state: str, team: str | None = None) -> str:
        """The address; `team` is the one that Slack offers first."""
        asked = {
            "client_id": self.client_id,
            "scope": ",".join(self.scopes or ()),
            "user_scope": ",".join(self.user_scopes or ()),
            "state": state,
            "redirect_uri": self.redirect_uri or "",
            "team": team or "",
        }
        return f"{self.authorization_url}?{urlencode({name: value for name, value in asked.items() if value})}"


class Trusting(AsyncWebClient):
    """Says of every token that it is good."""

    async def auth_test(self, **_given: Any) -> Any:
        """Nothing that anyone here needs."""
        return {}


class TrustingAuthorize(AsyncInstallationStoreAuthorize):
    """Bolt's way to the tokens that are kept. It would ask Slack about the token of each event before that is written
    down, and lose those that come while Slack does not answer well."""

    async def __call__(self, *, context: AsyncBoltContext, **given: Any) -> AuthorizeResult | None:
        """The tokens; None where there are none."""
        context["client"] = Trusting()
        return await super().__call__(context=context, **given)


class InstallFlow(AsyncOAuthFlow):
    """Bolt's flow, which also ends on a page when Slack or the store does not answer."""

    async def handle_installation(self, request: AsyncBoltRequest) -> BoltResponse:
        """Sends the browser to Slack."""
        return await self._paged(request, super().handle_installation)

    async def handle_callback(self, request: AsyncBoltRequest) -> BoltResponse:
        """Takes the browser back from Slack, and what it brings."""
        return await self._paged(request, super().handle_callback)

    async def _paged(
        self, request: AsyncBoltRequest, handle: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]
    ) -> BoltResponse:
        try:
            return await handle(request)
        except (DossierError, SlackClientError, ClientError, TimeoutError) as error:
            return await self.failure_handler(
                AsyncFailureArgs(
                    request=request,
                    reason=UNAVAILABLE,
                    error=error,
                    suggested_status_code=503,
                    settings=self.settings,
                    default=self.default_callback_options,
                )
            )


def oauth_settings(
    slack: SlackSettings, store: Store, scopes: Sequence[str], public_url: str | None = None
) -> AsyncOAuthSettings:
    """How workspaces install the app and how their tokens are found. Slack sends browsers back to `public_url`; left
    out, to the first redirect URL of the app.

    Raises: SettingsError when a setting that it takes is missing or cannot be used.
    """
    client_id = _set(slack.client_id, "client_id")
    client_secret = _set(slack.client_secret, "client_secret")
    installations = SealedInstallations(Installations(store), _seal(slack))
    redirect_uri = public_url.rstrip("/") + REDIRECT_PATH if public_url else None
    consent_page = urljoin(slack.api_url, "/oauth/v2/authorize")
    settings = AsyncOAuthSettings(
        client_id=client_id,
        client_secret=client_secret,
        scopes=scopes,
        user_scopes=[],
        redirect_uri=redirect_uri,
        install_path=INSTALL_PATH,
        redirect_uri_path=REDIRECT_PATH,
        # Slack's own page asks for consent, and the Marketplace wants a link that leads there at once; Bolt's page
        # before it would only load an image from elsewhere.
        install_page_rendering_enabled=False,
        callback_options=PAGES,
        authorization_url=consent_page,
        installation_store=installations,
        state_store=SealedStates(States(store)),
        state_cookie_name=COOKIE,
        state_expiration_seconds=GOOD_SECONDS,
    )
    # Left out, Bolt takes it from a variable of the environment.
    settings.redirect_uri = redirect_uri
    settings.authorize_url_generator = Consent(
        client_id=client_id, redirect_uri=redirect_uri, scopes=scopes, authorization_url=consent_page
    )
    # Bolt's own would refresh tokens at slack.com, whatever the address of the API.
    client = AsyncWebClient(base_url=slack.api_url)
    authorize = TrustingAuthorize(logger=logging.getLogger(__name__), installation_store=installations, client=client)
    authorize.token_rotator = Rotator(installations, client_id=client_id, client_secret=client_secret, client=client)
    settings.authorize = authorize
    return settings


def oauth_flow(
    slack: SlackSettings, store: Store, scopes: Sequence[str], public_url: str | None = None
) -> AsyncOAuthFlow:
    """The same as the flow that `AsyncApp` takes. It calls the API of the settings, whichever client the app has.

    Raises: what `oauth_settings` raises.
    """
    settings = oauth_settings(slack, store, scopes, public_url)
    return InstallFlow(client=AsyncWebClient(base_url=slack.api_url), settings=settings)


def reseal(slack: SlackSettings, store: Store) -> int:
    """Encrypts all that is kept with the first of the keys, and tells how much that was: then the others can go.

    Raises: SettingsError, SlackError when a key is missing, and what `Store.transaction` raises.
    """
    return Installations(store).reseal(_seal(slack).renewed)


def _seal(slack: SlackSettings) -> Seal:
    return Seal(_set(slack.token_key, "token_key"))


def _set(value: str | SecretStr | None, name: str) -> str:
    given = value.get_secret_value() if isinstance(value, SecretStr) else value
    if not given:
        raise SettingsError(
            f"DOSSIER_SLACK_{name.upper()} is not set, and workspaces cannot install the app without it.",
            "Make a key with `dossier slack key`." if name == "token_key" else "Copy it from the app's page at Slack.",
        )
    return given
