/** Which articles may answer, and whether only quotes are wanted. */

import { element, part, tell } from "./dom.js";
import { count, day, facts } from "./wording.js";

export class Filters {
  constructor(root) {
    this._root = root;
    root.addEventListener("input", () => this._tell());
    part(root, "clear").addEventListener("click", () => this.clear());
  }

  /** Offers the sources that there are. */
  offer({ sources, since, until }) {
    const chosen = new Set(this._sources());
    part(this._root, "sources").hidden = !sources.length;
    part(this._root, "source-list").replaceChildren(...sources.map((each) => check(each, chosen.has(each.name))));
    for (const name of ["since", "until"]) {
      Object.assign(part(this._root, name), { min: since ?? "", max: until ?? "" });
    }
  }

  /** As `POST /v1/ask` takes them, with a sentence that says them. */
  chosen() {
    const since = part(this._root, "since").value || null;
    const until = part(this._root, "until").value || null;
    const sources = this._sources();
    const quoted = part(this._root, "quoted").checked;
    const told = facts(since && `since ${day(since)}`, until && `until ${day(until)}`, sources.join(", "), quoted && "only quotes");
    return { filters: { since, until, sources }, mode: quoted ? "quoted" : "auto", limits: told };
  }

  clear() {
    for (const input of this._root.querySelectorAll("input")) Object.assign(input, input.type === "date" ? { value: "" } : { checked: false });
    this._tell();
  }

  _sources() {
    return Array.from(part(this._root, "source-list").querySelectorAll(":checked"), (input) => input.value);
  }

  _tell() {
    const { limits } = this.chosen();
    tell(part(this._root, "summary"), limits ? `Filters: ${limits}` : "Filters");
  }
}

function check({ name, articles }, checked) {
  const input = element("input", { type: "checkbox", value: name, checked });
  return element("label", { className: "check", dir: "auto" }, input, ` ${name} `, element("span", { className: "muted", textContent: count(articles, "article") }));
}
