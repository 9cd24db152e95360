/** Small help with the document. Text only ever goes in by `textContent`, so nothing stored becomes markup. */

export const byId = (id) => document.getElementById(id);

/** The element within `root` that the page's HTML names `data-part="name"`. */
export const part = (root, name) => root.querySelector(`[data-part="${name}"]`);

/** A fresh copy of what the template holds. */
export const copy = (template) => byId(template).content.firstElementChild.cloneNode(true);

/** An element with these properties and children; a string becomes text. */
export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** Shows the text in the element, or hides the element when there is none. */
export function tell(target, text) {
  target.textContent = text || "";
  target.hidden = !text;
}

/** Shows what went wrong and what to do. */
export const tellProblem = (target, problem) => tell(target, problem && String(problem));

/** Says something to a screen reader that the eye sees anyway. */
export function announce(text) {
  byId("announcer").textContent = text;
}

/** The address if a browser may follow it: http or https, nothing else. */
export function webAddress(text) {
  const parsed = text && URL.canParse(text) ? new URL(text) : null;
  return parsed && ["http:", "https:"].includes(parsed.protocol) ? parsed.href : null;
}
