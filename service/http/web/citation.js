/** The marks behind a statement: point at one and its article opens beside the answer, choose it to go there. */

import { element, webAddress } from "./dom.js";
import { wide } from "./panel.js";
import { day, facts } from "./wording.js";

const HESITATION = 120;
const pointing = matchMedia("(hover: hover)");

/** `place` is what `Reader.open` takes. */
export function citationMark(citation, reader) {
  const mark = element("button", { type: "button", className: "mark", textContent: citation.number });
  const source = facts(citation.title || "Untitled", citation.source, day(citation.published));
  mark.setAttribute("aria-label", `Citation ${citation.number}: ${source}`);
  mark.addEventListener("click", () => reader.open(citation, { from: mark }));
  previewOn(mark, citation, reader);
  return mark;
}

function previewOn(mark, citation, reader) {
  let waiting = 0;
  mark.addEventListener("mouseenter", () => {
    if (!pointing.matches || !wide.matches) return;
    waiting = setTimeout(() => reader.open(citation, { from: mark, preview: true }), HESITATION);
  });
  mark.addEventListener("mouseleave", () => clearTimeout(waiting));
}

/** A link to the article at its publisher; stays hidden where the address is none that a browser should follow. */
export function originalLink(link, url) {
  const address = webAddress(url);
  link.hidden = !address;
  if (address) link.href = address;
}
