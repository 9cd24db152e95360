/** Thumbs under an answer, with a reason where it was not helpful. */

import { isMissing, post } from "./api.js";
import { copy, part, tell } from "./dom.js";

let offered = true;

/** The form, or nothing when the service takes no feedback. */
export function feedbackForm(answerId) {
  if (!offered) return [];
  const form = copy("feedback");
  const [up, down, reasons] = ["up", "down", "reasons"].map((name) => part(form, name));
  const open = (isOpen) => {
    reasons.hidden = !isOpen;
    down.setAttribute("aria-expanded", String(isOpen));
  };
  const give = async (verdict, comment) => {
    if (!(await sent(form, { answer_id: answerId, verdict, ...(comment && { comment }) }))) return;
    up.setAttribute("aria-pressed", String(verdict === "helpful"));
    down.setAttribute("aria-pressed", String(verdict !== "helpful"));
    open(false);
  };
  up.addEventListener("click", () => give("helpful"));
  down.addEventListener("click", () => {
    open(reasons.hidden);
    if (!reasons.hidden) form.elements.verdict[0].focus();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    give(form.elements.verdict.value, part(form, "comment").value.trim()).then(() => reasons.hidden && down.focus());
  });
  return [form];
}

async function sent(form, body) {
  const said = part(form, "said");
  try {
    await post("/v1/feedback", body);
    tell(said, "Thank you, it is noted.");
    return true;
  } catch (error) {
    offered = !isMissing(error);
    tell(said, offered ? String(error) : "This service takes no feedback.");
    return false;
  }
}
