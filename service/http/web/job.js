/** A background ingest as the page shows it: started, followed, cancelled. */

import { get, Problem, remove, send } from "./api.js";
import { copy, part, tell, tellProblem } from "./dom.js";
import { events } from "./sse.js";
import { count, facts } from "./wording.js";

const ENDED = { done: "Done", failed: "Failed", cancelled: "Cancelled" };
/** What the service puts before the name of a file, to tell it from another of that name. */
const UPLOADED = /^upload:[0-9a-f]+\//;
const ATTEMPTS = 5;
const PAUSE = 1000;

export class Job {
  /** `sent` is the response to come of what began it; `onEnd` is called when it is over, however it ended. */
  constructor(title, sent, onEnd) {
    this.element = copy("job");
    this._onEnd = onEnd;
    tell(this._part("title"), title);
    this._part("cancel").hidden = true;
    this._part("cancel").addEventListener("click", () => this._cancel());
    this._run(sent);
  }

  async _run(sent) {
    this._state("Sending");
    try {
      const job = await (await sent).json();
      this._id = encodeURIComponent(job.id);
      this._part("cancel").hidden = false;
      this._progress(job);
      await this._follow();
    } catch (error) {
      this._over();
      tellProblem(this._part("state"), error);
    } finally {
      this._onEnd();
    }
  }

  /** A connection that broke is taken up again: each event tells the whole state. */
  async _follow() {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      try {
        for await (const { name, data } of events(await send(`/v1/jobs/${this._id}/events`))) {
          if (name === "done") return this._ended(data);
          if (name === "error") throw new Problem({ status: 500, ...data });
          if (name === "progress") this._progress(data);
        }
      } catch (error) {
        if (error.status) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
    this._ended(await get(`/v1/jobs/${this._id}`));
  }

  async _cancel() {
    try {
      await remove(`/v1/jobs/${this._id}`);
    } catch (error) {
      tellProblem(this._part("state"), error);
    }
  }

  _progress({ state, documents, passages, embedded }) {
    const bar = this._part("progress");
    if (passages) Object.assign(bar, { max: passages, value: embedded });
    else bar.removeAttribute("value");
    const told = passages && `${embedded.toLocaleString("en")} of ${count(passages, "passage")} ready`;
    this._state(facts(state === "queued" ? "Waiting its turn" : "Reading", documents && count(documents, "document"), told));
  }

  _ended({ state, reason, outcomes }) {
    this._over();
    const good = outcomes.filter((each) => ["new", "changed"].includes(each.status)).length;
    this._state(facts(ENDED[state] ?? state, reason, state === "done" && `${good} of ${count(outcomes.length, "article")} new or changed`));
    this._part("outcomes").hidden = !outcomes.length;
    this._part("outcomes").replaceChildren(...outcomes.map(outcomeItem));
  }

  _over() {
    this._part("progress").hidden = this._part("cancel").hidden = true;
  }

  _state(text) {
    tell(this._part("state"), text);
  }

  _part(name) {
    return part(this.element, name);
  }
}

function outcomeItem({ origin, status, reason, notes }) {
  const item = copy("outcome");
  item.classList.add(status);
  tell(part(item, "status"), status);
  tell(part(item, "origin"), origin.replace(UPLOADED, ""));
  tell(part(item, "reason"), facts(reason, ...notes));
  return item;
}
