/** Puts the page together. */

import { get, isMissing } from "./api.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { Conversations } from "./conversations.js";
import { byId, part, tell } from "./dom.js";
import { Reader } from "./reader.js";
import { route, showConversation } from "./route.js";
import { Start } from "./start.js";
import { Uploads } from "./uploads.js";

const WRITING = ["write", "admin"];

const reader = new Reader(byId("reader"));
const start = new Start(byId("start"), reader);
const composer = new Composer(byId("composer"), {
  onAsk: (request) => conversation.ask(request),
  onStop: () => conversation.stop(),
});
const conversation = new Conversation({
  turns: byId("turns"),
  reader,
  composer,
  onChange: (id) => {
    showConversation(id);
    conversations.refresh(id);
  },
});
const conversations = new Conversations(byId("conversations"), {
  onRemoved: (id) => (id === conversation.id ? conversation.clear() : conversations.refresh(conversation.id)),
});
new Uploads(byId("uploads"), { onAdded: () => guarded(stock) });

byId("new-conversation").addEventListener("click", () => {
  conversation.clear();
  reader.close();
  conversations.close();
  composer.focus();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.closest("input, textarea, select, dialog:modal")) return;
  event.preventDefault();
  composer.focus();
});
addEventListener("hashchange", () => guarded(followRoute));
guarded(open);

async function open() {
  await who();
  await Promise.all([stock(), conversations.refresh(null), followRoute()]);
}

/** What the user may do decides what is offered. A service that cannot say takes no uploads as jobs either. */
async function who() {
  try {
    const { scopes } = await get("/v1/me");
    byId("show-uploads").hidden = !scopes.some((scope) => WRITING.includes(scope));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** What there is to ask about. */
async function stock() {
  await start.refresh();
  try {
    composer.filters.offer(await get("/v1/sources"));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

async function followRoute() {
  const { conversation: id, article } = route();
  if (article) reader.open(article);
  if (id && id !== conversation.id) await conversation.open(id);
}

/** Does it, or says above the question why it could not be done and offers to try again. */
async function guarded(action) {
  const notice = byId("notice");
  try {
    await action();
    notice.hidden = true;
  } catch (error) {
    tell(part(notice, "text"), String(error));
    notice.hidden = false;
    part(notice, "retry").onclick = () => guarded(action);
  }
}
