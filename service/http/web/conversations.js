/** The list of conversations: open one, delete one. */

import { get, isMissing, remove } from "./api.js";
import { byId, copy, part, tell, tellProblem } from "./dom.js";
import { Panel } from "./panel.js";
import { conversationLink } from "./route.js";
import { count, facts, moment } from "./wording.js";

const PAGE = 30;

export class Conversations {
  /** `onRemoved` is called with the id of one that is gone. */
  constructor(dialog, { onRemoved }) {
    this._dialog = dialog;
    this._onRemoved = onRemoved;
    this._panel = new Panel(dialog);
    this._shown = 0;
    this._current = null;
    part(dialog, "close").addEventListener("click", () => this._panel.close());
    part(dialog, "more").addEventListener("click", () => this._load(this._shown));
    byId("show-conversations").addEventListener("click", () => this._panel.open());
  }

  /** Reads the list again; `current` is the one on the page. A service without such a list has no panel. */
  async refresh(current) {
    this._current = current;
    await this._load(0);
  }

  close() {
    this._panel.close();
  }

  async _load(offset) {
    const problem = part(this._dialog, "problem");
    try {
      const { conversations, next_offset: next } = await get(`/v1/conversations?limit=${PAGE}&offset=${offset}`);
      tell(problem, "");
      this._show(conversations, offset, next);
    } catch (error) {
      if (!isMissing(error)) tellProblem(problem, error);
    }
  }

  _show(conversations, offset, next) {
    this._dialog.hidden = byId("show-conversations").hidden = false;
    document.body.classList.add("listed");
    const list = part(this._dialog, "list");
    if (!offset) list.replaceChildren();
    list.append(...conversations.map((each) => this._item(each)));
    this._shown = offset + conversations.length;
    part(this._dialog, "empty").hidden = this._shown > 0;
    part(this._dialog, "more").hidden = next === null;
  }

  _item({ id, title, updated, answers }) {
    const item = copy("conversation");
    const open = part(item, "open");
    open.textContent = title;
    open.href = conversationLink(id);
    if (id === this._current) open.setAttribute("aria-current", "page");
    open.addEventListener("click", () => this._panel.close());
    part(item, "facts").textContent = facts(moment(updated), count(answers, "answer"));
    part(item, "remove").setAttribute("aria-label", `Delete: ${title}`);
    part(item, "remove").addEventListener("click", () => this._confirm(id, title));
    return item;
  }

  _confirm(id, title) {
    const dialog = byId("removal");
    tell(part(dialog, "title"), title);
    tell(part(dialog, "problem"), "");
    part(dialog, "keep").onclick = () => dialog.close();
    part(dialog, "remove").onclick = async () => {
      try {
        await remove(`/v1/conversations/${encodeURIComponent(id)}`);
        dialog.close();
        this._onRemoved(id);
      } catch (error) {
        tellProblem(part(dialog, "problem"), error);
      }
    };
    dialog.showModal();
  }
}
