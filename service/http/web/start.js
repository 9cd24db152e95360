/** What there is to ask about, before the first question. */

import { get } from "./api.js";
import { element, part, tell } from "./dom.js";
import { count, day, facts } from "./wording.js";

const NEWEST = 5;

export class Start {
  constructor(section, reader) {
    this._section = section;
    this._reader = reader;
  }

  /** Raises: Problem when the articles cannot be listed. */
  async refresh() {
    const { articles, total } = await get(`/v1/articles?limit=${NEWEST}`);
    tell(part(this._section, "stock"), total ? `${count(total, "article")} to ask about.` : "There are no articles yet: add some, then ask.");
    part(this._section, "newest").hidden = !articles.length;
    part(this._section, "articles").replaceChildren(...articles.map((each) => this._item(each)));
  }

  _item({ id, title, source, published }) {
    const open = element("button", { type: "button", className: "link", textContent: title || "Untitled", dir: "auto" });
    open.addEventListener("click", () => this._reader.open({ article_id: id, start: 0, end: 0 }, { from: open }));
    return element("li", {}, open, element("span", { className: "muted", textContent: facts(source, day(published)) }));
  }
}
