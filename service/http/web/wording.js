/** How dates, shares and counts are written. */

const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
const MOMENT = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

/** "17 April 2013" for "2013-04-17", empty for nothing. */
export const day = (iso) => (iso ? DAY.format(new Date(`${iso}T00:00:00Z`)) : "");

/** "17 Apr, 14:05" in the reader's own time. */
export const moment = (iso) => MOMENT.format(new Date(iso));

/** "83 %" for 0.83. */
export const percent = (share) => `${Math.round(share * 100)}\u00a0%`;

/** "1 article", "2,500 articles". */
export const count = (number, one, many = `${one}s`) => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;

/** "Wire · 17 April 2013", of what is known. */
export const facts = (...known) => known.filter(Boolean).join(" · ");
