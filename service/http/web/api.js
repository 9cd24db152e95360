/** Requests to the service. What fails is thrown as a Problem; a request that was stopped throws an AbortError. */

import { askForKey, heldKey } from "./key.js";

/** What went wrong and what to do about it. `status` is 0 where the service could not be reached. */
export class Problem extends Error {
  constructor({ detail, help = "", type = "", status = 0 }, retryAfter = null) {
    super(detail);
    Object.assign(this, { help, type, status, retryAfter: Number(retryAfter) || null });
  }

  toString() {
    return [this.message, this.retryAfter ? `Try again in ${this.retryAfter} s.` : this.help].filter(Boolean).join(" ");
  }
}

export const UNREACHABLE = {
  detail: "The service does not answer.",
  help: "Check that it runs and that you are connected, then try again.",
};

/** The response, once it is a good one. Asks for a key where one is needed. */
export async function send(path, options = {}) {
  for (;;) {
    const key = heldKey();
    const response = await attempt(path, options, key);
    if (response.ok) return response;
    if (response.status !== 401 || !(await askForKey(key))) throw await problemOf(response);
  }
}

export const get = async (path) => (await send(path)).json();

export const remove = (path) => send(path, { method: "DELETE" });

/** Sends a value as JSON; a write has a key of its own, so that one sent twice is done once. */
export const post = (path, value, headers = {}) =>
  send(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": unique(), ...headers },
    body: JSON.stringify(value),
  });

/** 32 random hex digits. crypto.randomUUID is missing on plain http. */
export const unique = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Whether the service is of a version that has no such address. */
export const isMissing = (error) => error instanceof Problem && error.type === "/problems/not-found";

async function attempt(path, options, key) {
  const headers = new Headers(options.headers);
  if (key) headers.set("Authorization", `Bearer ${key}`);
  try {
    return await fetch(path, { ...options, headers });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(UNREACHABLE);
  }
}

async function problemOf(response) {
  const told = await response.json().catch(() => null);
  const plain = { detail: `The service answered with status ${response.status}.`, help: "Try again later." };
  return new Problem({ ...plain, ...told, status: response.status }, response.headers.get("Retry-After"));
}
