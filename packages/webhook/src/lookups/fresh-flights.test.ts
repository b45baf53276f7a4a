import { expect, it } from "vitest";
import { FreshFlights } from "./fresh-flights.js";

/** Reads that end when they are told to. */
function reads() {
  const begun: PromiseWithResolvers<number>[] = [];
  const read = async (): Promise<number> => {
    const ends = Promise.withResolvers<number>();
    begun.push(ends);
    return ends.promise;
  };
  return { begun, read };
}

const turn = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it("shares a read only with those who asked before it began", async () => {
  const flights = new FreshFlights<number>();
  const { begun, read } = reads();
  const first = flights.read("a", read);
  const [second, third] = [flights.read("a", read), flights.read("a", read)];
  expect(begun).toHaveLength(1);
  begun[0]?.resolve(1);
  expect(await first).toBe(1);
  await turn();
  expect(begun).toHaveLength(2);
  const fourth = flights.read("a", read);
  begun[1]?.resolve(2);
  expect(await Promise.all([second, third])).toEqual([2, 2]);
  await turn();
  begun[2]?.resolve(3);
  expect(await fourth).toBe(3);
  expect(begun).toHaveLength(3);
});

it("does not hand a failure to those who came later, and keeps nothing", async () => {
  const flights = new FreshFlights<number>();
  const { begun, read } = reads();
  const first = flights.read("a", read);
  const second = flights.read("a", read);
  begun[0]?.reject(new Error("gone"));
  await expect(first).rejects.toThrow("gone");
  await turn();
  begun[1]?.resolve(2);
  expect(await second).toBe(2);
  const later = flights.read("a", read);
  begun[2]?.resolve(3);
  expect(await later).toBe(3);
});

it("reads different things at the same time", async () => {
  const flights = new FreshFlights<string>();
  expect(
    await Promise.all(["a", "b"].map(async (key) => flights.read(key, async () => Promise.resolve(key)))),
  ).toEqual(["a", "b"]);
});
