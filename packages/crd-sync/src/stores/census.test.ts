import { expect, it } from "vitest";
import { AT_ONCE_MS, takeCensus, type Counted } from "./census.js";

const NOW = 1e12;
const secrets = (known: number, gone: number, over: Partial<Counted> = {}): Counted[] =>
  Array.from({ length: known }, (_, at) => ({
    path: `app/${at}`,
    wasFound: true,
    isGone: at < gone,
    ...(at < gone && over),
  }));

it.each<[number, number, boolean]>([
  [10, 0, true],
  [10, 2, true],
  [10, 3, false],
  [100, 20, true],
  [100, 21, false],
  [2, 1, true],
  [3, 2, false],
  [1, 1, false],
  [5, 5, false],
])("of %i secrets %i may go at once: %s", (known, gone, isPlausible) => {
  expect(takeCensus(secrets(known, gone), NOW)).toEqual({ known, gone, isPlausible });
});

it("what went an hour ago does not count, what went since does", () => {
  const then = (ago: number): Counted[] => secrets(10, 3, { acceptedAt: NOW - ago });
  expect(takeCensus(then(AT_ONCE_MS + 1), NOW)).toMatchObject({ known: 7, gone: 0, isPlausible: true });
  expect(takeCensus(then(AT_ONCE_MS - 1), NOW)).toMatchObject({ known: 10, gone: 3, isPlausible: false });
});

it("what was never there does not count", () => {
  const never = secrets(5, 5, { wasFound: false });
  expect(takeCensus([...never, ...secrets(0, 0)], NOW)).toEqual({ known: 0, gone: 0, isPlausible: false });
});

it("a secret of which one field is there is not gone", () => {
  const fields = [
    { path: "a", wasFound: true, isGone: true },
    { path: "a", wasFound: true, isGone: false },
    { path: "b", wasFound: true, isGone: false },
  ];
  expect(takeCensus(fields, NOW)).toMatchObject({ known: 2, gone: 0 });
});
