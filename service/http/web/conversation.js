/** The conversation on the page: its turns, and the question that is being answered. */

import { get, Problem } from "./api.js";
import { answering } from "./answering.js";
import { Turn } from "./turn.js";

export class Conversation {
  /** `onChange` is called with the conversation's id, or null, whenever another one is shown or it grew. */
  constructor({ turns, reader, composer, onChange }) {
    Object.assign(this, { id: null, _turns: turns, _reader: reader, _composer: composer });
    this._onChange = onChange;
    this._running = null;
    this._opening = null;
  }

  /** Answers the request as a turn of this conversation, in the place of the turn `instead` if there is one. */
  async ask(request, instead = null) {
    this.stop();
    const turn = this._turn(request);
    if (instead) instead.element.replaceWith(turn.element);
    else this._turns.append(turn.element);
    this._started();
    turn.element.scrollIntoView({ block: "start" });
    const running = (this._running = new AbortController());
    this._composer.busy = true;
    turn.begin();
    try {
      for await (const event of answering(await this._body(request), running.signal)) this._take(turn, event);
    } catch (error) {
      if (running.signal.aborted) turn.stopped();
      else turn.fail(error);
    } finally {
      if (this._running === running) {
        this._running = null;
        this._composer.busy = false;
      }
    }
  }

  /** Ends what is under way. An answer that is left is cancelled by the service. */
  stop() {
    this._opening = null;
    this._running?.abort();
  }

  /** Begins a new one. */
  clear() {
    this.stop();
    this._show(null, []);
  }

  /** Shows an earlier one. Raises: Problem when it cannot be read. */
  async open(id) {
    this.stop();
    this._opening = id;
    const { answers } = await get(`/v1/conversations/${encodeURIComponent(id)}`);
    if (this._opening !== id) return;
    this._show(id, answers);
    this._turns.lastElementChild?.scrollIntoView({ block: "start" });
  }

  _show(id, answers) {
    this.id = id;
    this._turns.replaceChildren();
    for (const answer of answers) {
      const turn = this._turn({ question: answer.question, filters: {}, mode: "auto" });
      this._turns.append(turn.element);
      turn.finish(answer);
    }
    this._started();
    this._onChange(id);
  }

  _turn(request) {
    const again = (turn) => this.ask(request, turn);
    const pick = (title) => this.ask({ ...request, picked: title, limits: `in “${title}”` });
    return new Turn(request, { reader: this._reader, again, pick });
  }

  /** As `POST /v1/ask` takes it. A title picked after a question back limits the same question to its articles. */
  async _body({ question, filters, mode, picked }) {
    const articles = picked ? await articlesTitled(picked) : [];
    return { question, mode, filters: { ...filters, articles }, ...(this.id && { conversation_id: this.id }) };
  }

  _take(turn, { name, data }) {
    if (name === "status") turn.stage(data.stage);
    else if (name === "evidence") turn.evidence(data.passages);
    else if (name === "statement") turn.statement(data.statement, data.citations);
    else if (name === "resuming") turn.resuming();
    else if (name === "error") throw new Problem(data);
    else if (name === "done") this._done(turn, data.answer);
  }

  _done(turn, answer) {
    turn.finish(answer);
    turn.preview();
    this.id = answer.conversation_id;
    this._onChange(this.id);
  }

  _started() {
    const started = this._turns.childElementCount > 0;
    document.body.classList.toggle("started", started);
    this._composer.follows = started;
  }
}

async function articlesTitled(title) {
  const { articles } = await get(`/v1/articles?${new URLSearchParams({ query: title.slice(0, 500), limit: 200 })}`);
  return articles.filter((article) => article.title === title).map((article) => article.id);
}
