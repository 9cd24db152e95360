/** The service counts a text in Unicode code points; a string of JavaScript counts UTF-16 units, two for an emoji. */

const LEADS_A_PAIR = (unit) => unit >= 0xd800 && unit < 0xdc00;

/** Where the code point number `points` begins in the string. */
export function unitOf(text, points) {
  let unit = 0;
  for (let left = points; left > 0 && unit < text.length; left -= 1) {
    unit += LEADS_A_PAIR(text.charCodeAt(unit)) ? 2 : 1;
  }
  return unit;
}

/** The text before, within and after the code points `start` to `end`. */
export function cut(text, start, end) {
  const from = unitOf(text, start);
  const to = from + unitOf(text.slice(from), end - start);
  return [text.slice(0, from), text.slice(from, to), text.slice(to)];
}
