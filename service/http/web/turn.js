/** One question and what came of it. */

import { citationMark, originalLink } from "./citation.js";
import { announce, copy, element, part, tell } from "./dom.js";
import { feedbackForm } from "./feedback.js";
import { wide } from "./panel.js";
import { underlined } from "./reader.js";
import { count, day, facts, percent } from "./wording.js";

const STAGES = {
  retrieve: "Looking for passages",
  read: "Reading the passages",
  compose: "Writing statements",
  verify: "Verifying statements",
};
const DISAGREEMENTS = { date: "the date", amount: "the amount", name: "the name" };

export class Turn {
  /** `again` asks the same once more; `pick` is given the title that the user picks when a question is asked back. */
  constructor({ question, limits = "", picked = null }, { reader, again, pick }) {
    Object.assign(this, { _reader: reader, _picked: picked, _pick: pick, _shown: [], _citations: new Map() });
    this.element = copy("turn");
    tell(this._part("question"), question);
    tell(this._part("limits"), limits);
    this._part("stage").hidden = true;
    this._part("retry").addEventListener("click", () => again(this));
  }

  begin() {
    this.element.setAttribute("aria-busy", "true");
    this.stage("retrieve");
  }

  stage(name) {
    this._wait(STAGES[name] ?? "Working");
  }

  resuming() {
    this._wait("The connection broke; taking the answer up again");
  }

  evidence(passages) {
    this._wait(`Reading ${count(passages.length, "passage")}`);
  }

  /** A verified statement. One that is there already, told again after a broken connection, stays as it is. */
  statement(statement, citations) {
    for (const citation of citations) this._citations.set(citation.number, citation);
    if (this._shown.includes(statement.text)) return;
    this._shown.push(statement.text);
    const list = this._part("statements");
    list.hidden = false;
    list.append(this._statement(statement));
  }

  /** The whole answer, which is what counts. */
  finish(answer) {
    this._settle();
    tell(this._part("asked-as"), answer.standalone_question !== answer.question && `Understood as: ${answer.standalone_question}`);
    tell(this._part("limits"), facts(this._part("limits").textContent, timeOf(answer.time)));
    this._replaceIfOther(answer);
    if (answer.status === "answered") this._answered(answer);
    else this._abstained(answer);
    this._facts(answer);
    this._part("feedback").replaceChildren(...feedbackForm(answer.id));
  }

  /** Opens the article of the first citation beside the answer, where there is room for it. */
  preview() {
    const mark = part(this._part("statements"), "marks")?.firstElementChild;
    const first = this._citations.get(Number(mark?.textContent));
    if (first && wide.matches) this._reader.open(first, { from: mark, preview: true });
  }

  stopped() {
    this._settle();
    this._trouble("Stopped.");
  }

  fail(problem) {
    this._settle();
    this._trouble(String(problem));
  }

  _replaceIfOther(answer) {
    const same = answer.statements.map((each) => each.text).join() === this._shown.join();
    if (!same) {
      this._part("statements").replaceChildren();
      this._shown = [];
    }
    const named = ({ citations }) => answer.citations.filter((each) => citations.includes(each.number));
    for (const each of answer.statements) this.statement(each, named(each));
    this._part("statements").hidden = !answer.statements.length;
  }

  _answered(answer) {
    announce(`Answered in ${count(answer.statements.length, "statement")}.`);
    this._part("disagreements").replaceChildren(...answer.disagreements.map((each) => this._disagreement(each)));
    this._part("sources-section").hidden = false;
    this._part("sources").replaceChildren(...this._sources(answer));
  }

  _abstained(answer) {
    const back = this._picked ? null : answer.clarification;
    const verdict = back ? "One question first" : "Not answered";
    announce(`${verdict}. ${answer.reason ?? ""}`);
    this._part("abstained").hidden = false;
    this._part("abstained").classList.toggle("asks-back", Boolean(back));
    tell(this._part("verdict"), verdict);
    tell(this._part("reason"), answer.clarification && !back ? "That article does not answer it." : answer.reason);
    const options = this._part("options");
    options.hidden = !back?.options.length;
    options.replaceChildren(...(back?.options ?? []).map((title) => this._option(title)));
    this._part("closest-section").hidden = !answer.closest.length;
    this._part("closest").replaceChildren(...answer.closest.map((each) => this._near(each)));
  }

  _facts(answer) {
    const answered = answer.status === "answered";
    this._part("facts").hidden = false;
    this._part("meter").value = answer.confidence;
    tell(this._part("confidence"), percent(answer.confidence));
    this._part("as-of-row").hidden = !answer.as_of;
    tell(this._part("as-of"), day(answer.as_of));
    this._part("mode-row").hidden = !answered;
    tell(this._part("mode"), modeOf(answer));
  }

  _statement(statement) {
    const item = copy("statement");
    const cited = statement.citations.map((number) => this._citations.get(number)).filter(Boolean);
    const quoted = statement.verdict === "quoted";
    item.classList.add(quoted ? "quoted" : "supported");
    part(item, "words").append(...withShort(statement.text, cited));
    part(item, "marks").append(...cited.map((each) => citationMark(each, this._reader)));
    tell(part(item, "verdict"), quoted ? "quoted" : `supported, ${percent(statement.support)}`);
    return item;
  }

  _disagreement({ about, sides }) {
    const block = copy("disagreement");
    tell(part(block, "title"), `The articles disagree about ${DISAGREEMENTS[about] ?? about}`);
    part(block, "sides").append(...sides.map((each) => this._side(each)));
    return block;
  }

  _side({ value, source, published, citations }) {
    const side = copy("side");
    tell(part(side, "value"), value);
    tell(part(side, "source"), source || "Source unknown");
    tell(part(side, "published"), day(published) || "no date");
    part(side, "marks").append(...citations.map((number) => citationMark(this._citations.get(number), this._reader)));
    return side;
  }

  /** One entry an article. The quotes are shown where the statements do not give them already. */
  _sources(answer) {
    const worded = new Set(answer.statements.filter((each) => each.verdict !== "quoted").flatMap((each) => each.citations));
    const byArticle = Map.groupBy(answer.citations, (citation) => citation.article_id);
    return Array.from(byArticle.values(), (citations) => {
      const [{ title, source, author, published, url }] = citations;
      const item = copy("source");
      part(item, "marks").append(...citations.map((each) => citationMark(each, this._reader)));
      tell(part(item, "title"), title || "Untitled");
      const known = facts(source, author, day(published));
      part(item, "facts").textContent = known && url ? `${known} · ` : known;
      originalLink(part(item, "link"), url);
      part(item, "quotes").append(...citations.filter((each) => worded.has(each.number)).map(quoteOf));
      return item;
    });
  }

  _near(passage) {
    const item = copy("near");
    part(item, "quote").textContent = passage.quote;
    const open = part(item, "open");
    open.textContent = facts(passage.title || "Untitled", passage.source, day(passage.published));
    open.addEventListener("click", () => this._reader.open(passage, { from: open }));
    return item;
  }

  _option(title) {
    const option = element("button", { type: "button", textContent: title, dir: "auto" });
    option.addEventListener("click", () => this._pick(title));
    return option;
  }

  _wait(text) {
    const stage = this._part("stage");
    stage.hidden = false;
    stage.textContent = `${text}…`;
    announce(text);
  }

  _settle() {
    this.element.removeAttribute("aria-busy");
    this._part("stage").hidden = true;
  }

  _trouble(text) {
    this._part("problem").hidden = false;
    this._part("problem-text").textContent = text;
  }

  _part(name) {
    return part(this.element, name);
  }
}

function quoteOf({ quote, start, short }) {
  return element("blockquote", { dir: "auto" }, ...underlined(quote, start, short));
}

/** The statement, its short answer underlined where it says it once. */
function withShort(text, citations) {
  const said = citations.map((each) => each.short?.text).find((short) => short && text.split(short).length === 2);
  if (!said) return [text];
  const [before, after] = text.split(said);
  return [before, element("u", { className: "short", textContent: said }), after];
}

function modeOf({ mode, degraded, models }) {
  const worded = mode === "quoted" ? "in the articles' own words" : `worded by ${models.llm ?? "a language model"}`;
  return degraded ? `${worded}; the language model failed or was too slow` : worded;
}

function timeOf(time) {
  if (!time) return "";
  if (!time.kept) return `No article of “${time.phrase}” answers; articles of any time were asked`;
  const [since, until] = [day(time.since), day(time.until)];
  if (since && until) return `“${time.phrase}” read as ${since} to ${until}`;
  return `“${time.phrase}” read as ${since ? `since ${since}` : `until ${until}`}`;
}
