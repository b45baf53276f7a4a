/** The order of keys in gopkg.in/yaml.v2: letters after other characters, runs of digits by their number. */
export function compareNaturally(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)];
  for (let index = 0; index < left.length && index < right.length; index += 1) {
    const [x = "", y = ""] = [left[index], right[index]];
    if (x === y) continue;
    const [isXLetter, isYLetter] = [/\p{L}/u.test(x), /\p{L}/u.test(y)];
    if (isXLetter !== isYLetter) return isXLetter ? 1 : -1;
    if (!isXLetter) {
      const [m, n] = [digitsAt(left, index), digitsAt(right, index)];
      const difference = BigInt(m) - BigInt(n);
      if (difference !== 0n) return difference < 0n ? -1 : 1;
      if (m.length !== n.length) return m.length - n.length;
    }
    return (x.codePointAt(0) ?? 0) - (y.codePointAt(0) ?? 0);
  }
  return left.length - right.length;
}

/** A run of digits; none is empty, and counts as zero. */
function digitsAt(runes: readonly string[], start: number): string {
  let end = start;
  while (end < runes.length && /\d/.test(runes[end] ?? "")) end += 1;
  return runes.slice(start, end).join("");
}
