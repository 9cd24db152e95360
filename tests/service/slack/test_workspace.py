"""The double of Slack is as strict as Slack: driven with Slack's own clients."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook import WebhookClient

from tests.service.slack.faults import ApiError, Dropped, Passed, RateLimited, ServerError, Slow
from tests.service.slack.records import Channel
from tests.service.slack.state import APP_TOKEN, BOT_TOKEN, CLIENT_ID, CLIENT_SECRET, TEAM
from tests.service.slack.workspace import Workspace

DIVIDER = {"type": "divider"}
MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "Why?"}, "blocks": [DIVIDER]}
TO_U1 = {"recipient_user_id": "U1", "recipient_team_id": TEAM}


def client(slack: Workspace, token: str = BOT_TOKEN) -> WebClient:
    return WebClient(token, base_url=slack.api_url, retry_handlers=[])


def refused(call: Callable[..., Any], **arguments: Any) -> Any:
    """What Slack answered to a call that it refused."""
    with pytest.raises(SlackApiError) as raised:
        call(**arguments)
    return raised.value.response


def run(slack: Workspace, work: Callable[[AsyncWebClient], Awaitable[None]], **more: Any) -> None:
    """Does some work with the asynchronous client."""

    async def worked() -> None:
        await work(AsyncWebClient(BOT_TOKEN, base_url=slack.api_url, **more))

    asyncio.run(worked())


def test_a_message_lives_from_post_to_delete(slack: Workspace) -> None:
    web = client(slack)
    asked = slack.say("C1", "U1", "What happened?")
    posted = web.chat_postMessage(channel="C1", text="Much.", thread_ts=asked, blocks=[DIVIDER])
    ts = posted["ts"]
    assert float(ts) > float(asked)
    web.chat_update(channel="C1", ts=ts, text="More.", blocks=[])
    web.reactions_add(channel="C1", timestamp=ts, name="eyes")
    message = slack.messages["C1", ts]
    assert (message.thread_ts, message.text, message.blocks) == (asked, "More.", [])
    assert [edit.text for edit in message.edits] == ["More."]
    assert message.edits[0].at > message.created
    assert message.reactions == ["eyes"]
    thread = web.conversations_replies(channel="C1", ts=asked)
    assert [one["text"] for one in thread["messages"]] == ["What happened?", "More."]
    assert web.chat_getPermalink(channel="C1", message_ts=ts)["permalink"].endswith(f"thread_ts={asked}&cid=C1")
    web.chat_delete(channel="C1", ts=ts)
    assert slack.posted() == []
    assert [call.method for call in slack.calls][:2] == ["chat.postMessage", "chat.update"]
    assert slack.violations == []


@pytest.mark.parametrize(
    ("channel", "error", "violations"),
    [
        ("C2", "not_in_channel", 0),
        ("C3", "is_archived", 0),
        ("C9", "channel_not_found", 1),
        ("U1", "channel_not_found", 1),
    ],
)
def test_where_the_bot_may_not_write(slack: Workspace, channel: str, error: str, violations: int) -> None:
    assert refused(client(slack).chat_postMessage, channel=channel, text="Hello")["error"] == error
    assert len(slack.violations) == violations


def test_a_private_channel_without_the_bot_is_not_seen(slack: Workspace) -> None:
    slack.channels["G1"].member = False
    assert refused(client(slack).conversations_info, channel="G1")["error"] == "channel_not_found"
    assert slack.violations == []


def test_another_workspace_s_channel_is_not_seen(slack: Workspace) -> None:
    slack.channel(Channel("C7", team="T7"))
    assert refused(client(slack).chat_postMessage, channel="C7", text="Hello")["error"] == "channel_not_found"


def test_an_unknown_thread_and_a_reply_as_a_thread(slack: Workspace) -> None:
    web = client(slack)
    assert refused(web.chat_postMessage, channel="C1", text="x", thread_ts="1.1")["error"] == "thread_not_found"
    root = slack.say("C1", "U1", "A question")
    reply = slack.say("C1", "U2", "A reply", root)
    web.chat_postMessage(channel="C1", text="x", thread_ts=reply)
    assert len(slack.violations) == 2


def test_an_invalid_payload_is_refused_and_noted(slack: Workspace) -> None:
    answer = refused(client(slack).chat_postMessage, channel="C1", text="x", blocks=[DIVIDER] * 51)
    assert answer["error"] == "invalid_blocks"
    assert "no more than 50" in answer["response_metadata"]["messages"][0]
    assert len(slack.violations) == 1
    assert slack.posted() == []


def test_blocks_may_come_as_text(slack: Workspace) -> None:
    client(slack).chat_postMessage(channel="C1", text="x", blocks='[{"type": "divider"}]')
    assert slack.posted()[0].blocks[0]["type"] == "divider"
    answer = refused(client(slack).chat_postMessage, channel="C1", text="x", blocks='[{"type": ')
    assert answer["error"] == "invalid_blocks_format"


def test_only_its_own_messages_are_updated_and_deleted(slack: Workspace) -> None:
    web = client(slack)
    theirs = slack.say("C1", "U1", "Mine")
    assert refused(web.chat_update, channel="C1", ts=theirs, text="x")["error"] == "cant_update_message"
    assert refused(web.chat_delete, channel="C1", ts=theirs)["error"] == "cant_delete_message"
    assert refused(web.chat_update, channel="C1", ts="1.1", text="x")["error"] == "message_not_found"
    assert len(slack.violations) == 3


def test_an_update_is_shorter_than_a_post_and_says_what_becomes_of_blocks(slack: Workspace) -> None:
    web = client(slack)
    ts = web.chat_postMessage(channel="C1", text="x" * 40_000, blocks=[DIVIDER])["ts"]
    assert slack.violations == []
    assert refused(web.chat_update, channel="C1", ts=ts, text="x" * 4_001, blocks=[])["error"] == "msg_too_long"
    web.chat_update(channel="C1", ts=ts, text="x")
    assert "give blocks" in slack.violations[1]


def test_an_ephemeral_message_is_for_one_and_is_never_updated(slack: Workspace) -> None:
    web = client(slack)
    ts = web.chat_postEphemeral(channel="C1", user="U1", text="Only you")["message_ts"]
    assert slack.messages["C1", ts].ephemeral_to == "U1"
    assert refused(web.chat_update, channel="C1", ts=ts, text="x")["error"] == "message_not_found"
    assert refused(web.chat_postEphemeral, channel="C1", user="U9", text="x")["error"] == "user_not_in_channel"


def test_a_stream_of_the_real_client_ends_as_one_message(slack: Workspace) -> None:
    asked = slack.say("C1", "U1", "What happened?")

    async def answer(web: AsyncWebClient) -> None:
        stream = await web.chat_stream(channel="C1", thread_ts=asked, buffer_size=1, **TO_U1)
        for word in ("**Much**", " and", " more"):
            await stream.append(markdown_text=word)
        await stream.stop(blocks=[DIVIDER])

    run(slack, answer)
    [message] = slack.posted("C1", asked)
    assert message.markdown == "**Much** and more"
    assert message.shown == "**Much** and more"
    assert [one.markdown for one in message.appends] == ["**Much**", " and", " more"]
    assert message.finished is not None
    assert message.finished >= message.appends[-1].at >= message.created
    assert not message.streaming
    assert slack.violations == []


def test_a_stream_needs_a_thread_and_outside_of_direct_messages_a_recipient(slack: Workspace) -> None:
    web = client(slack)
    asked, direct = slack.say("C1", "U1", "x"), slack.say("D1", "U1", "x")
    start = web.chat_startStream
    assert refused(web.api_call, api_method="chat.startStream", json={"channel": "C1"})["error"] == "invalid_arguments"
    assert refused(start, channel="C1", thread_ts="1.1", **TO_U1)["error"] == "invalid_thread_ts"
    answer = refused(start, channel="C1", thread_ts=asked, recipient_team_id=TEAM)
    assert answer["error"] == "missing_recipient_user_id"
    answer = refused(start, channel="C1", thread_ts=asked, recipient_user_id="U1")
    assert answer["error"] == "missing_recipient_team_id"
    assert len(slack.violations) == 4
    assert start(channel="D1", thread_ts=direct)["ok"]
    assert len(slack.violations) == 4


def test_what_a_stream_permits_and_what_it_forbids(slack: Workspace) -> None:
    web = client(slack)
    asked = slack.say("D1", "U1", "x")
    ts = web.chat_startStream(channel="D1", thread_ts=asked, markdown_text="a")["ts"]
    here = {"channel": "D1", "ts": ts}
    assert refused(web.chat_update, text="x", **here)["error"] == "streaming_state_conflict"
    assert refused(web.chat_delete, **here)["error"] == "cant_delete_message"
    task = [{"type": "task_update", "id": "1", "title": "x", "status": "complete"}]
    assert refused(web.chat_appendStream, chunks=task, **here)["error"] == "streaming_mode_mismatch"
    assert refused(web.chat_appendStream, markdown_text="x" * 12_001, **here)["error"] == "msg_too_long"
    assert refused(web.chat_appendStream, markdown_text="x" * 12_000, **here)["error"] == "msg_too_long"
    assert refused(web.chat_appendStream, **here)["error"] == "no_text"
    web.chat_appendStream(markdown_text="b", **here)
    web.chat_stopStream(**here)
    ended = "message_not_in_streaming_state"
    assert refused(web.chat_appendStream, markdown_text="c", **here)["error"] == ended
    assert refused(web.chat_stopStream, **here)["error"] == ended
    plain = web.chat_postMessage(channel="D1", text="x")["ts"]
    assert refused(web.chat_appendStream, channel="D1", ts=plain, markdown_text="x")["error"] == ended
    assert len(slack.violations) == 9
    assert slack.messages["D1", ts].markdown == "ab"


def test_a_stream_that_slack_or_a_person_ended_is_no_fault_of_the_app(slack: Workspace) -> None:
    web = client(slack)
    asked = slack.say("D1", "U1", "x")
    for error in ("message_not_in_streaming_state", "stopped_by_user"):
        ts = web.chat_startStream(channel="D1", thread_ts=asked)["ts"]
        slack.end_stream("D1", ts, error)
        assert refused(web.chat_appendStream, channel="D1", ts=ts, markdown_text="x")["error"] == error
        assert web.chat_update(channel="D1", ts=ts, text="x")["ok"]
    assert slack.violations == []


def test_an_assistant_thread(slack: Workspace) -> None:
    web = client(slack)
    root = slack.say("D1", "U1", "x")
    here = {"channel_id": "D1", "thread_ts": root}
    web.assistant_threads_setStatus(status="is reading", loading_messages=["Reading", "Thinking"], **here)
    web.assistant_threads_setTitle(title="What happened", **here)
    web.assistant_threads_setSuggestedPrompts(prompts=[{"title": "More", "message": "Tell more"}], title="Ask", **here)
    assert slack.status("D1", root) == "is reading"
    assert slack.titles["D1", root] == "What happened"
    assert slack.prompts["D1", root].prompts == (("More", "Tell more"),)
    web.chat_postMessage(channel="D1", thread_ts=root, text="Done.")
    assert slack.status("D1", root) == ""
    assert [status.text for status in slack.statuses["D1", root]] == ["is reading", ""]
    assert slack.violations == []


def test_what_an_assistant_thread_forbids(slack: Workspace) -> None:
    web = client(slack)
    root, elsewhere = slack.say("D1", "U1", "x"), slack.say("C1", "U1", "x")
    here = {"channel_id": "D1", "thread_ts": root}
    status, prompts = web.assistant_threads_setStatus, web.assistant_threads_setSuggestedPrompts
    assert refused(status, status="x", loading_messages=["x"] * 11, **here)["error"] == "invalid_arguments"
    assert refused(status, status="x", channel_id="D1", thread_ts="1.1")["error"] == "invalid_thread_ts"
    assert refused(prompts, prompts=[{"title": "x", "message": "x"}] * 5, **here)["error"] == "invalid_arguments"
    assert refused(prompts, prompts=[{"title": "x"}], **here)["error"] == "invalid_arguments"
    title = web.assistant_threads_setTitle
    assert refused(title, title="x", channel_id="C1", thread_ts=elsewhere)["error"] == "channel_not_found"
    assert len(slack.violations) == 5
    assert status(status="is reading", channel_id="C1", thread_ts=elsewhere)["ok"]


def test_a_trigger_opens_one_view_soon(slack: Workspace) -> None:
    web = client(slack)
    trigger, late = slack.trigger("U1"), slack.trigger("U1")
    opened = web.views_open(trigger_id=trigger, view=MODAL)["view"]
    assert (slack.views[0].trigger_id, slack.views[0].user) == (trigger, "U1")
    assert refused(web.views_open, trigger_id=trigger, view=MODAL)["error"] == "exchanged_trigger_id"
    slack.triggers[late].at -= 3.1
    assert refused(web.views_open, trigger_id=late, view=MODAL)["error"] == "expired_trigger_id"
    assert refused(web.views_open, trigger_id="1.1", view=MODAL)["error"] == "invalid_trigger_id"
    assert len(slack.violations) == 3
    web.views_update(view_id=opened["id"], hash=opened["hash"], view={**MODAL, "callback_id": "next"})
    stale = refused(web.views_update, view_id=opened["id"], hash=opened["hash"], view=MODAL)
    assert stale["error"] == "hash_conflict"
    assert [view.get("callback_id") for view in slack.views[0].versions] == [None, "next"]
    assert len(slack.violations) == 3


def test_tokens(slack: Workspace) -> None:
    assert client(slack).auth_test()["bot_id"] == "BBOT"
    assert refused(client(slack, "xoxb-other").auth_test)["error"] == "invalid_auth"
    slack.revoked.add(BOT_TOKEN)
    assert refused(client(slack).auth_test)["error"] == "token_revoked"
    assert slack.violations == []
    with httpx.Client(trust_env=False) as bare:
        assert bare.post(f"{slack.api_url}auth.test").json() == {"ok": False, "error": "not_authed"}
    assert len(slack.violations) == 1


def test_an_unknown_method_is_a_broken_rule(slack: Workspace) -> None:
    assert refused(client(slack).api_call, api_method="chat.shout")["error"] == "unknown_method"
    assert len(slack.violations) == 1


def test_scopes_that_were_not_granted_are_named_and_those_that_were_used_are_known(slack: Workspace) -> None:
    web = client(slack)
    slack.granted = {"chat:write", "channels:read"}
    root = slack.say("D1", "U1", "x")
    missing = refused(web.users_info, user="U1")
    assert (missing["needed"], missing["provided"]) == ("users:read", "channels:read,chat:write")
    assert refused(web.conversations_info, channel="D1")["needed"] == "im:read"
    assert web.conversations_info(channel="C1")["channel"]["is_channel"]
    assert web.assistant_threads_setStatus(channel_id="D1", thread_ts=root, status="x")["ok"]
    assert slack.violations == []
    assert slack.methods_used() == {
        "users.info": {"users:read"},
        "conversations.info": {"im:read", "channels:read"},
        "assistant.threads.setStatus": {"chat:write"},
    }


def test_people_and_their_direct_messages(slack: Workspace) -> None:
    web = client(slack)
    assert web.users_info(user="U1", include_locale=True)["user"]["locale"] == "en-GB"
    assert refused(web.users_info, user="U9")["error"] == "user_not_found"
    assert web.conversations_open(users="U1")["channel"]["id"] == "D1"
    opened = web.conversations_open(users=["U2"])["channel"]["id"]
    assert slack.channels[opened].user == "U2"


def test_a_thread_comes_in_pages(slack: Workspace) -> None:
    root = slack.say("C1", "U1", "0")
    for text in "1234":
        slack.say("C1", "U2", text, root)
    web = client(slack)
    pages = [page["messages"] for page in web.conversations_replies(channel="C1", ts=root, limit=2)]
    assert [[one["text"] for one in page] for page in pages] == [["0", "1"], ["2", "3"], ["4"]]


def test_a_rate_limit_is_waited_for_by_the_real_client(slack: Workspace) -> None:
    slack.fail("chat.postMessage", RateLimited(1))

    async def post(web: AsyncWebClient) -> None:
        await web.chat_postMessage(channel="C1", text="x")

    run(slack, post, retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=1)])
    first, second = slack.called("chat.postMessage")
    assert second.at - first.at >= 1
    assert len(slack.posted()) == 1
    assert slack.violations == []


def test_a_rate_limit_that_is_not_waited_for_is_a_broken_rule(slack: Workspace) -> None:
    web = client(slack)
    slack.fail("chat.postMessage", RateLimited(1))
    assert refused(web.chat_postMessage, channel="C1", text="x").status_code == 429
    again = refused(web.chat_postMessage, channel="C1", text="x")
    assert (again.status_code, again.headers["Retry-After"]) == (429, "1")
    assert len(slack.violations) == 1
    assert web.chat_postEphemeral(channel="C1", user="U1", text="x")["ok"]


def test_faults_come_in_their_order(slack: Workspace) -> None:
    web = client(slack)
    slack.fail("auth.test", ApiError("fatal_error"), Passed(), ServerError(503), Slow(0.2))
    assert refused(web.auth_test)["error"] == "fatal_error"
    assert web.auth_test()["ok"]
    assert refused(web.auth_test).status_code == 503
    begun = time.monotonic()
    assert web.auth_test()["ok"]
    assert time.monotonic() - begun >= 0.2


def test_a_connection_is_dropped_before_or_after_the_effect(slack: Workspace) -> None:
    web = client(slack)
    slack.fail("chat.postMessage", Dropped(), Dropped(after=True))
    for texts in ([], ["x"]):
        with pytest.raises(OSError, match=r"."):
            web.chat_postMessage(channel="C1", text="x")
        assert [message.text for message in slack.posted()] == texts


def test_an_address_to_respond_to_takes_five_posts(slack: Workspace) -> None:
    web = client(slack)
    ts = web.chat_postMessage(channel="C1", text="x")["ts"]
    address = slack.response_url("C1", "U1", ("C1", ts))
    hook = WebhookClient(address)
    assert hook.send(text="Only you").status_code == 200
    assert hook.send(text="All of you", response_type="in_channel").status_code == 200
    assert hook.send(text="Replaced", replace_original=True).status_code == 200
    assert hook.send(delete_original=True).status_code == 200
    assert hook.send(text="a < b").status_code == 200
    assert [(one.text, one.ephemeral_to) for one in slack.posted()] == [
        ("Only you", "U1"),
        ("All of you", None),
        ("a < b", "U1"),
    ]
    assert slack.messages["C1", ts].text == "Replaced"
    assert slack.messages["C1", ts].deleted
    assert len(slack.violations) == 1
    assert hook.send(text="x").body == "used_url"
    assert len(slack.violations) == 2
    assert len(slack.response_urls[address.rpartition("/")[2]].posts) == 5


def test_an_address_to_respond_to_ends_and_checks_its_messages(slack: Workspace) -> None:
    address = slack.response_url("C1", "U1")
    hook = WebhookClient(address)
    assert hook.send(text="x", blocks=[{"type": "marquee"}]).body == "invalid_blocks"
    assert hook.send(response_type="in_channel").body == "no_text"
    slack.response_urls[address.rpartition("/")[2]].at -= 1801
    assert hook.send(text="x").body == "expired_url"
    assert len(slack.violations) == 3


def test_a_file_is_for_the_bot_and_a_login_page_for_others(slack: Workspace) -> None:
    file = slack.share("notes.txt", b"Much happened.", "text/plain")
    assert client(slack).files_info(file=file["id"])["file"] == file
    bearer = {"Authorization": f"Bearer {BOT_TOKEN}"}
    with httpx.Client(trust_env=False) as web:
        got = web.get(file["url_private_download"], headers=bearer)
        assert (got.content, got.headers["content-type"]) == (b"Much happened.", "text/plain")
        login = web.get(file["url_private_download"])
        assert (login.status_code, login.headers["content-type"]) == (200, "text/html; charset=utf-8")
        slack.fail("files", ServerError())
        assert web.get(file["url_private_download"], headers=bearer).status_code == 500
    assert slack.downloads == [(file["id"], BOT_TOKEN), (file["id"], ""), (file["id"], BOT_TOKEN)]


def test_a_code_installs_the_app_into_a_workspace_once(slack: Workspace) -> None:
    web = WebClient(base_url=slack.api_url)
    code = slack.authorize("T7")
    exchange = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "code": code}
    bad = refused(web.oauth_v2_access, **{**exchange, "client_secret": "x"})
    assert bad["error"] == "bad_client_secret"
    installed = web.oauth_v2_access(**exchange)
    assert installed["team"]["id"] == "T7"
    token = client(slack, installed["access_token"])
    assert token.auth_test()["team_id"] == "T7"
    assert refused(token.chat_postMessage, channel="C1", text="x")["error"] == "channel_not_found"
    assert refused(web.oauth_v2_access, **exchange)["error"] == "invalid_code"


def test_a_connection_is_the_app_s_and_not_a_bot_s(slack: Workspace) -> None:
    web = client(slack)
    assert web.apps_connections_open(app_token=APP_TOKEN)["url"].startswith("ws://127.0.0.1:")
    assert refused(web.apps_connections_open, app_token=BOT_TOKEN)["error"] == "not_allowed_token_type"


def test_waiting_in_vain_shows_the_workspace(slack: Workspace) -> None:
    slack.say("C1", "U1", "What happened?")
    with pytest.raises(AssertionError, match=r"(?s)Not within.*C1 .* U1 .*What happened\?"):
        slack.wait_for(lambda: slack.posted(), 0.05)


def test_what_was_waited_for_is_returned(slack: Workspace) -> None:
    client(slack).chat_postMessage(channel="C1", text="x")
    assert slack.wait_for(lambda: slack.posted("C1"))[0].text == "x"
    assert asyncio.run(slack.until(lambda: slack.posted("C1")))[0].text == "x"
