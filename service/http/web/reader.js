/** The article beside the answer, its cited characters marked. */

import { get } from "./api.js";
import { originalLink } from "./citation.js";
import { cut } from "./codepoints.js";
import { element, part, tell, tellProblem } from "./dom.js";
import { Panel, wide } from "./panel.js";
import { articleLink } from "./route.js";
import { day, facts } from "./wording.js";

const KEPT = 20;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class Reader {
  constructor(dialog) {
    this._dialog = dialog;
    this._panel = new Panel(dialog, () => this._cleared());
    this._articles = new Map();
    this._place = null;
    this._from = null;
    part(dialog, "close").addEventListener("click", () => this.close());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && wide.matches && this._place && !document.querySelector("dialog:modal")) this.close();
    });
  }

  /** Opens the article of a citation, or of any `{article_id, start, end}`, at its characters. A preview leaves the
   * focus where it is; else the focus goes to the marked text, and back to `from` when the article is closed. */
  async open(cited, { from = null, preview = false } = {}) {
    // Who has chosen a citation still points at it: opening it anew would take the focus from its text.
    if (preview && from && from === this._from) return;
    const place = (this._place = { ...cited });
    this._current(from);
    document.body.classList.add("reading");
    this._panel.open();
    this._blank();
    part(this._dialog, "loading").hidden = false;
    try {
      const article = await this._article(place.article_id);
      if (this._place === place) this._show(article, place, preview);
    } catch (error) {
      if (this._place === place) tellProblem(part(this._dialog, "problem"), error);
    } finally {
      if (this._place === place) part(this._dialog, "loading").hidden = true;
    }
  }

  close() {
    const from = this._from;
    this._panel.close();
    if (wide.matches) from?.focus();
  }

  _article(id) {
    const kept = this._articles.get(id) ?? get(`/v1/articles/${encodeURIComponent(id)}`);
    this._articles.delete(id);
    this._articles.set(id, kept);
    kept.catch(() => this._articles.delete(id));
    if (this._articles.size > KEPT) this._articles.delete(this._articles.keys().next().value);
    return kept;
  }

  _show(article, place, preview) {
    const { title, source, author, published, url, text } = article;
    tell(part(this._dialog, "title"), title || "Untitled");
    const original = element("a", { target: "_blank", rel: "noopener noreferrer", textContent: "original" });
    originalLink(original, url);
    const known = facts(source, author, day(published));
    part(this._dialog, "facts").replaceChildren(known, ...(original.hidden ? [] : [known && " · ", original]));
    part(this._dialog, "heading").hidden = false;
    const holder = part(this._dialog, "text");
    holder.hidden = false;
    const marked = this._marked(holder, text, place);
    this._check(place, marked);
    if (!marked) holder.scrollTop = 0;
    marked?.scrollIntoView({ block: "center", behavior: calm.matches || !preview ? "auto" : "smooth" });
    if (!preview) (marked ?? part(this._dialog, "title")).focus({ preventScroll: true });
  }

  _marked(holder, text, { start, end, short }) {
    const [before, inside, after] = cut(text, start, end);
    holder.replaceChildren(before);
    if (!inside) return holder.append(after);
    const marked = element("mark", { tabIndex: -1 }, ...underlined(inside, start, short));
    holder.append(marked, after);
    return marked;
  }

  /** The page checks the proof itself: the characters of the stored article are the quote, or it says so. */
  _check({ start, end, quote, article_id }, marked) {
    const line = part(this._dialog, "check");
    line.hidden = !marked;
    if (!marked) return;
    const [from, to] = [start, end].map((offset) => offset.toLocaleString("en"));
    const same = quote === undefined || quote === marked.textContent;
    line.classList.toggle("wrong", !same);
    const link = element("a", { href: articleLink({ article_id, start, end }), textContent: `Characters ${from}–${to}` });
    const told = quote === undefined ? " are marked." : same ? " are exactly the quote." : " of the stored article are not the quote.";
    line.replaceChildren(link, told);
  }

  _blank() {
    for (const name of ["heading", "placeholder", "check", "problem", "text"]) part(this._dialog, name).hidden = true;
    part(this._dialog, "close").hidden = false;
  }

  _cleared() {
    this._current(null);
    this._place = null;
    document.body.classList.remove("reading");
    this._blank();
    part(this._dialog, "loading").hidden = true;
    part(this._dialog, "close").hidden = true;
    part(this._dialog, "placeholder").hidden = false;
  }

  _current(from) {
    this._from?.removeAttribute("aria-current");
    this._from = from;
    from?.setAttribute("aria-current", "true");
  }
}

/** The quote with its short answer underlined; `short` counts from the article's beginning, as `start` does. */
export function underlined(quote, start, short) {
  if (!short) return [quote];
  const [before, inside, after] = cut(quote, short.start - start, short.end - start);
  return [before, element("u", { className: "short", textContent: inside }), after];
}
