/** Files and web addresses to add to the articles. */

import { post, send, unique } from "./api.js";
import { byId, part, tell, tellProblem, webAddress } from "./dom.js";
import { Job } from "./job.js";
import { count } from "./wording.js";

export class Uploads {
  /** `onAdded` is called when there may be new articles. */
  constructor(dialog, { onAdded }) {
    this._dialog = dialog;
    this._onAdded = onAdded;
    part(dialog, "close").addEventListener("click", () => dialog.close());
    byId("show-uploads").addEventListener("click", () => dialog.showModal());
    dialog.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this._add();
    });
    this._takeDropped(part(dialog, "drop"));
  }

  _add() {
    const files = [...part(this._dialog, "files").files];
    const addresses = part(this._dialog, "addresses").value.split(/\s+/).filter(Boolean);
    const problem = part(this._dialog, "problem");
    const wrong = addresses.find((address) => !webAddress(address));
    if (wrong) return tell(problem, `“${wrong}” is not a web address: write it with https:// in front.`);
    if (!files.length && !addresses.length) return tell(problem, "Choose a file, or write an address.");
    tell(problem, "");
    if (files.length) this._start(titleOf(files), sendFiles(this._form(files)));
    if (addresses.length) this._start(count(addresses.length, "address", "addresses"), post("/v1/jobs", { urls: addresses }));
    this._dialog.querySelector("form").reset();
  }

  _start(title, sent) {
    const job = new Job(title, sent, this._onAdded);
    part(this._dialog, "jobs").prepend(job.element);
    part(job.element, "title").focus();
  }

  _form(files) {
    const form = new FormData();
    for (const file of files) form.append("files", file);
    for (const name of ["source", "published"]) {
      const value = part(this._dialog, name).value.trim();
      if (value) form.append(name, value);
    }
    return form;
  }

  _takeDropped(place) {
    const over = (isOver) => place.classList.toggle("over", isOver);
    place.addEventListener("dragover", (event) => {
      event.preventDefault();
      over(true);
    });
    place.addEventListener("dragleave", () => over(false));
    place.addEventListener("drop", (event) => {
      event.preventDefault();
      over(false);
      part(this._dialog, "files").files = event.dataTransfer.files;
    });
  }
}

const sendFiles = (body) => send("/v1/jobs", { method: "POST", body, headers: { "Idempotency-Key": unique() } });

const titleOf = (files) => (files.length === 1 ? files[0].name : count(files.length, "file"));
