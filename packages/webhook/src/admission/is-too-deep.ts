const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = Buffer.from(
  '"\\[]{}',
) as unknown as [number, number, number, number, number, number];

/** Whether JSON is nested deeper than so many levels; told before it is parsed, and by its brackets alone. */
export function isTooDeep(json: Uint8Array, most: number): boolean {
  let levels = 0;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === QUOTE) at = endOfText(json, at);
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      levels += 1;
      if (levels > most) return true;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) levels -= 1;
  }
  return false;
}

/** Where the text that begins here ends. */
function endOfText(json: Uint8Array, begin: number): number {
  for (let at = begin + 1; at < json.length; at += 1) {
    if (json[at] === BACKSLASH) at += 1;
    else if (json[at] === QUOTE) return at;
  }
  return json.length;
}
