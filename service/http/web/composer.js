/** Where a question is written. */

import { part } from "./dom.js";
import { Filters } from "./filters.js";

/** A keyboard on the screen would hide the answer. */
const touched = matchMedia("(pointer: coarse)");

export class Composer {
  /** `onAsk` is given what `POST /v1/ask` takes, and `limits` in words; `onStop` ends the answer that is made. */
  constructor(form, { onAsk, onStop }) {
    this._form = form;
    this._text = form.querySelector("#question");
    this.filters = new Filters(form);
    this._busy = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this._submit(onAsk);
    });
    this._text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    part(form, "stop").addEventListener("click", onStop);
  }

  /** While an answer is made there is one button, and it stops it. */
  set busy(isBusy) {
    this._busy = isBusy;
    const [ask, stop] = [part(this._form, "ask"), part(this._form, "stop")];
    const focused = [ask, stop].includes(document.activeElement);
    ask.hidden = isBusy;
    stop.hidden = !isBusy;
    if (focused) (isBusy ? stop : this._text).focus();
  }

  /** Whether the next question follows up an earlier one. */
  set follows(isFollowUp) {
    this._text.placeholder = isFollowUp ? "Ask a follow-up" : "Ask about the articles";
  }

  focus() {
    this._text.focus();
  }

  _submit(onAsk) {
    const question = this._text.value.trim();
    if (!question || this._busy) return;
    this._text.value = "";
    if (touched.matches) this._text.blur();
    onAsk({ question, ...this.filters.chosen() });
  }
}
