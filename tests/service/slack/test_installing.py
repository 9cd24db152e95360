from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from sqlalchemy import select, text, update

from ingest.errors import SettingsError
from service.errors import SlackError
from service.slack.installing import COOKIE, oauth_flow, oauth_settings, reseal
from service.slack.sealing import new_key
from service.store.database import FILE, Store
from service.store.states import GOOD_SECONDS
from service.store.tables import slack_installations, slack_states
from tests.service.slack.granting import Granting
from tests.service.slack.installs import (
    KEY,
    SCOPES,
    SIGNING_SECRET,
    Installed,
    Seen,
    installed,
    over,
    play,
    slack_settings,
)

# Slack's SDK still uses it.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")


def raw(folder: Path) -> bytes:
    """The store's file, with what is still in its log."""
    files = list(folder.glob(f"{FILE}*"))
    assert any(path.name.endswith("-wal") for path in files)
    return b"".join(path.read_bytes() for path in files)


def refused(page: BoltResponse, status: int, words: str) -> None:
    assert page.status == status
    assert words in page.body
    assert "Dossier was not installed" in page.body
    assert "Traceback" not in page.body
    assert "xoxb" not in page.body
    assert page.headers["set-cookie"][0].startswith(f"{COOKIE}=deleted")


def test_two_workspaces_install_and_each_is_answered_with_its_own_token(tmp_path: Path, file_store: Store) -> None:
    async def story(granting: Granting, app: Installed) -> None:
        for team in ("T1", "T2"):
            page = await app.install(granting.workspace(team))
            assert page.status == 200
            assert f"Dossier is in Team &lt;{team}&gt;." in page.body
            assert f"slack://app?team={team}&amp;id=A1" in page.body
            assert "xoxb" not in page.body
            assert "default-src 'none'" in page.headers["content-security-policy"][0]
        assert await app.mention("T1") == Seen("xoxb-of-T1", None)
        assert await app.mention("T2") == Seen("xoxb-of-T2", None)
        assert await app.mention("T3") is None
        kept = raw(tmp_path)
        assert b"T1" in kept
        for secret in (b"UADMIN", b"xoxb", b"client-secret"):
            assert secret not in kept

    play(file_store, story)


def test_slack_is_asked_for_the_scopes_at_the_address_of_its_api(store: Store) -> None:
    async def story(granting: Granting, app: Installed) -> None:
        response = await app.flow.handle_installation(AsyncBoltRequest(body="", query="team=T1%26scope%3Dadmin"))
        address = urlsplit(response.headers["location"][0])
        assert granting.address.startswith(f"{address.scheme}://{address.netloc}/")
        assert address.path == "/oauth/v2/authorize"
        asked = parse_qs(address.query, strict_parsing=True)
        assert asked["scope"] == [",".join(SCOPES)]
        assert asked["team"] == ["T1&scope=admin"]
        assert set(asked) == {"client_id", "scope", "state", "team"}
        (cookie,) = response.headers["set-cookie"]
        assert cookie.startswith(f"{COOKIE}={asked['state'][0]};")
        for attribute in ("Secure", "HttpOnly", "Path=/", f"Max-Age={GOOD_SECONDS}"):
            assert attribute in cookie

    play(store, story)


def test_browsers_come_back_to_the_public_address(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_REDIRECT_URI", "https://another-app.example/")
    slack = slack_settings("https://slack.com/api/")
    settings = oauth_settings(slack, store, SCOPES, "https://desk.example/dossier/")
    assert settings.redirect_uri == "https://desk.example/dossier/slack/oauth_redirect"
    address = settings.authorize_url_generator.generate("s")
    assert address.startswith("https://slack.com/oauth/v2/authorize?")
    assert parse_qs(urlsplit(address).query)["redirect_uri"] == [settings.redirect_uri]
    without = oauth_settings(slack, store, SCOPES)
    assert without.redirect_uri is None
    assert "redirect_uri" not in without.authorize_url_generator.generate("s")


def test_a_state_is_good_once(store: Store) -> None:
    async def story(granting: Granting, app: Installed) -> None:
        state, cookie = await app.begin()
        code = granting.workspace("T1")
        first, second = await asyncio.gather(*(app.end(f"code={code}&state={state}", cookie) for _ in range(2)))
        assert sorted([first.status, second.status]) == [200, 401]
        refused(await app.end(f"code={code}&state={state}", cookie), 401, "had ended already")
        assert len(granting.asked) == 1

    play(store, story)


def test_a_state_runs_out(store: Store) -> None:
    async def story(granting: Granting, app: Installed) -> None:
        state, cookie = await app.begin()
        with store.transaction() as connection:
            connection.execute(update(slack_states).values(expires=slack_states.c.expires - GOOD_SECONDS - 1))
        refused(await app.end(f"code={granting.workspace('T1')}&state={state}", cookie), 401, "longer than ten minutes")
        assert granting.asked == []

    play(store, story)


def test_a_state_is_good_in_the_browser_it_was_given_to_alone(store: Store) -> None:
    async def story(granting: Granting, app: Installed) -> None:
        code = granting.workspace("T1")
        state, cookie = await app.begin()
        other, other_cookie = await app.begin()
        for wrong in (None, other_cookie, f"{COOKIE}=", cookie.replace(COOKIE, "slack-app-oauth-state")):
            refused(await app.end(f"code={code}&state={state}", wrong), 400, "not begun in this browser")
        refused(await app.end(f"code={code}", cookie), 400, "not begun in this browser")
        refused(await app.end(f"code={code}&state={COOKIE}", f"{COOKIE}={COOKIE}"), 401, "had ended")
        assert granting.asked == []
        assert (await app.end(f"code={code}&state={other}", other_cookie)).status == 200

    play(store, story)


def test_a_refusal_is_told_and_nobodys_words_are_repeated(store: Store) -> None:
    async def story(granting: Granting, app: Installed) -> None:
        refused(await app.end("error=access_denied", None), 200, "cancelled in Slack")
        page = await app.end("error=%3Cscript%3Ecall+0800+1234", None)
        refused(page, 200, "Slack refused it")
        assert "0800" not in page.body
        state, cookie = await app.begin()
        refused(await app.end(f"state={state}", cookie), 401, "no code")
        refused(await app.install("made-up"), 401, "did not accept the code")

    play(store, story)


def test_tokens_that_cannot_be_kept_end_on_a_page(store: Store) -> None:
    async def story(granting: Granting, app: Installed) -> None:
        code = granting.workspace("T1")
        with store.transaction() as connection:
            connection.execute(text("DROP TABLE slack_installations"))
        page = await app.install(code)
        refused(page, 500, "could not be kept")
        assert FILE not in page.body

    play(store, story)


def test_the_flow_ends_on_a_page_when_slack_or_the_store_does_not_answer(store: Store) -> None:
    async def story(granting: Granting, app: Installed) -> None:
        gone = slack_settings(granting.address.replace("/api/", "/gone/"))
        silent = slack_settings("http://127.0.0.1:1/api/")
        for settings, status, words in [(gone, 401, "did not accept"), (silent, 503, "does not answer")]:
            flow = oauth_flow(settings, store, SCOPES)
            page = await over(AsyncApp(signing_secret=SIGNING_SECRET, oauth_flow=flow)).install("code")
            refused(page, status, words)
        with store.transaction() as connection:
            connection.execute(text("DROP TABLE slack_states"))
        flow = oauth_flow(slack_settings(granting.address), store, SCOPES)
        refused(await flow.handle_installation(AsyncBoltRequest(body="")), 503, "does not answer")

    play(store, story)


def test_the_flow_calls_the_api_of_the_settings_whichever_client_the_app_has(store: Store) -> None:
    async def story(granting: Granting, _app: Installed) -> None:
        flow = oauth_flow(slack_settings(granting.address), store, SCOPES)
        app = over(AsyncApp(signing_secret=SIGNING_SECRET, oauth_flow=flow))
        assert (await app.install(granting.workspace("T1"))).status == 200

    play(store, story)


def test_a_workspace_that_removes_the_app_is_forgotten_and_the_other_stays(store: Store) -> None:
    async def story(granting: Granting, app: Installed) -> None:
        user = {"id": "U1", "access_token": "xoxp-1", "scope": "search:read"}
        for team in ("T1", "T2"):
            await app.install(granting.workspace(team, authed_user=user))
        assert (await app.send({"type": "app_uninstalled"}, "T1")).status == 200
        assert await app.mention("T1") is None
        assert await app.mention("T2") == Seen("xoxb-of-T2", None)
        with store.transaction() as connection:
            assert set(connection.scalars(select(slack_installations.c.team))) == {"T2"}
        await app.install(granting.workspace("T1"))
        assert await app.mention("T1") == Seen("xoxb-of-T1", None)

    play(store, story)


def test_a_revoked_token_is_forgotten_and_the_others_stay(store: Store) -> None:
    async def story(granting: Granting, app: Installed) -> None:
        granting.bearer("xoxp-1", "T1", "U1")
        user = {"id": "U1", "access_token": "xoxp-1", "scope": "search:read"}
        code = granting.workspace("T1", authed_user=user)
        await app.install(code)
        assert await app.mention("T1", user="U1") == Seen("xoxb-of-T1", "xoxp-1")
        assert await app.mention("T1", user="U2") == Seen("xoxb-of-T1", None)
        await app.send({"type": "tokens_revoked", "tokens": {"oauth": ["U1"]}}, "T1")
        assert await app.mention("T1", user="U1") == Seen("xoxb-of-T1", None)
        await app.install(granting.workspace("T1", authed_user=user))
        await app.send({"type": "tokens_revoked", "tokens": {"bot": ["UBOTT1"]}}, "T1")
        assert await app.mention("T1", user="U1") == Seen(None, "xoxp-1")
        assert await app.mention("T1", user="U2") is None

    play(store, story)


def test_a_whole_organisation_installs_and_removes_the_app(store: Store) -> None:
    async def story(granting: Granting, app: Installed) -> None:
        code = granting.workspace("E1", enterprise="E1", whole=True)
        page = await app.install(code)
        assert "Dossier is in Org E1." in page.body
        await app.install(granting.workspace("T1", enterprise="E1"))
        assert await app.mention(None, enterprise="E1") == Seen("xoxb-of-E1", None)
        assert await app.mention("T1", enterprise="E1") == Seen("xoxb-of-T1", None)
        await app.send({"type": "app_uninstalled"}, None, "E1")
        assert await app.mention(None, enterprise="E1") is None
        assert await app.mention("T1", enterprise="E1") == Seen("xoxb-of-T1", None)

    play(store, story)


def test_a_key_is_replaced_while_workspaces_stay_installed(store: Store) -> None:
    async def story(granting: Granting, app: Installed) -> None:
        new = new_key()
        await app.install(granting.workspace("T1"))
        both = slack_settings(granting.address, f"{new},{KEY}")
        assert await installed(both, store).mention("T1") == Seen("xoxb-of-T1", None)
        alone = slack_settings(granting.address, new)
        finding = oauth_settings(alone, store, SCOPES).installation_store.async_find_installation
        with pytest.raises(SlackError) as caught:
            await finding(enterprise_id=None, team_id="T1")
        assert "DOSSIER_SLACK_TOKEN_KEY" in caught.value.help
        with pytest.raises(SlackError):
            reseal(alone, store)
        assert reseal(both, store) == 1
        assert await installed(alone, store).mention("T1") == Seen("xoxb-of-T1", None)

    play(store, story)


def test_with_the_wrong_key_nothing_is_answered_until_the_app_is_installed_again(store: Store) -> None:
    async def story(granting: Granting, app: Installed) -> None:
        await app.install(granting.workspace("T1"))
        other = installed(slack_settings(granting.address, new_key()), store)
        assert await other.mention("T1") is None
        await other.install(granting.workspace("T1"))
        assert await other.mention("T1") == Seen("xoxb-of-T1", None)

    play(store, story)


def test_tokens_that_were_moved_to_another_workspace_are_not_used(store: Store) -> None:
    async def story(granting: Granting, app: Installed) -> None:
        await app.install(granting.workspace("T1"))
        with store.transaction() as connection:
            connection.execute(update(slack_installations).values(team="T2"))
        finding = oauth_settings(slack_settings(granting.address), store, SCOPES).installation_store
        with pytest.raises(SlackError, match="another's"):
            await finding.async_find_bot(enterprise_id=None, team_id="T2")

    play(store, story)


@pytest.mark.parametrize(
    ("missing", "name"),
    [("client_id", "CLIENT_ID"), ("client_secret", "CLIENT_SECRET"), ("token_key", "TOKEN_KEY")],
)
def test_what_is_not_set_is_told(store: Store, missing: str, name: str) -> None:
    slack = slack_settings("http://127.0.0.1:1/api/").model_copy(update={missing: None})
    with pytest.raises(SettingsError, match=f"DOSSIER_SLACK_{name} is not set"):
        oauth_settings(slack, store, SCOPES)
    with pytest.raises(SettingsError, match="dossier slack key"):
        oauth_settings(slack_settings("http://127.0.0.1:1/api/", "word"), store, SCOPES)
