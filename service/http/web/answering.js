/** The events of one answer, taken up again where the connection broke. */

import { Problem, send } from "./api.js";
import { events } from "./sse.js";

const PAUSES = [300, 1000, 2000];
const BROKEN = { detail: "The connection broke before the answer was whole.", help: "Ask again." };

/** Yields the service's events, and one named "resuming" before it asks for the rest. Ends with `done` or `error`. */
export async function* answering(body, signal) {
  let last = null;
  for (const pause of [0, ...PAUSES]) {
    if (pause) {
      yield { name: "resuming" };
      await waited(pause, signal);
    }
    try {
      for await (const event of events(await request(body, last, signal))) {
        last = event.id ?? last;
        yield event;
        if (event.name === "done" || event.name === "error") return;
      }
    } catch (error) {
      if (signal.aborted || error.status || (error instanceof Problem && last === null)) throw error;
    }
    if (last === null) break;
  }
  throw new Problem(BROKEN);
}

/** Until the time has passed or the signal is given; the request that comes next minds the signal. */
function waited(milliseconds, signal) {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", resolve, { once: true });
  });
}

function request(body, last, signal) {
  const headers = { "Content-Type": "application/json", Accept: "text/event-stream" };
  if (last !== null) headers["Last-Event-ID"] = last;
  return send("/v1/ask", { method: "POST", headers, body: JSON.stringify({ ...body, stream: true }), signal });
}
