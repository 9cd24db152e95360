/** The key of the service's user: asked for when the service wants one, kept until the tab is closed. */

import { byId, part, tell } from "./dom.js";

const PLACE = "dossier-key";
const dialog = byId("key");
let asking = null;

export const heldKey = () => sessionStorage.getItem(PLACE);

/** True once the user gave another key than the `refused` one, false when they would not. All who ask meanwhile share
 * one dialog. */
export async function askForKey(refused) {
  if (heldKey() !== refused) return true;
  asking ??= ask(refused).finally(() => (asking = null));
  return asking;
}

function ask(refused) {
  const value = part(dialog, "value");
  value.value = "";
  tell(part(dialog, "why"), refused ? "The service does not take the key given." : "The service answers to those who hold a key.");
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.onclose = () => resolve(heldKey() !== refused);
    part(dialog, "cancel").onclick = () => dialog.close();
    dialog.querySelector("form").onsubmit = (event) => {
      event.preventDefault();
      sessionStorage.setItem(PLACE, value.value.trim());
      dialog.close();
    };
  });
}
