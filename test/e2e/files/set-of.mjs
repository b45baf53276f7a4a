// What the writer that is killed writes, and what its reader expects.

const NAMES = ["a", "b", "deep/er/c", "deep/d"];

// A write of many pages is broken off by a kill between two of them.
const FILLING = "0123456789abcdef".repeat(4_000);

/** The files of a generation by their paths below the root. Each second one has a name more, and another. */
export function setOf(generation) {
  const names = [...NAMES, generation % 2 === 0 ? "even" : "odd/x"];
  return Object.fromEntries(
    names.map((name) => [name, `${generation} ${name} ${name === "b" ? FILLING : ""}`]),
  );
}

export function generationOf(text) {
  return Number.parseInt(text, 10);
}
