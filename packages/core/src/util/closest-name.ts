import { distance } from "fastest-levenshtein";

/**
 * The name a typing mistake away from `name`, if there is one: at most a third of its letters differ, or two,
 * as swapped letters do.
 */
export function closestName(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = (name.length < 4 ? 1 : Math.max(2, Math.floor(name.length / 3))) + 1;
  for (const candidate of known) {
    // The distance is at least the difference in length: most names are out before it is computed.
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const candidateDistance = mistakes(name.toLowerCase(), candidate.toLowerCase());
    if (candidateDistance < bestDistance) [best, bestDistance] = [candidate, candidateDistance];
  }
  return best;
}

/** Two swapped letters are one mistake: a name of three letters has no room for two. */
function mistakes(name: string, candidate: string): number {
  const differing = distance(name, candidate);
  const isSwapped = differing === 2 && sorted(name) === sorted(candidate);
  return isSwapped ? 1 : differing;
}

function sorted(text: string): string {
  return text.split("").toSorted().join("");
}
