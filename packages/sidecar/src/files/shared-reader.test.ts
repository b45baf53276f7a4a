import type { ReferenceOutcome } from "@sluice/core";
import type { SecretReader } from "@sluice/files";
import { expect, it, onTestFinished, vi } from "vitest";
import { TestStore } from "../test-store.test-support.js";
import { HeldSecrets } from "./held-secrets.js";
import { sharedReader } from "./shared-reader.js";

const USER = "secret://test/issue/db#user";
const PASSWORD = "secret://test/issue/db#password";

function open(store = new TestStore()) {
  const { resolver } = store.open();
  onTestFinished(async () => resolver[Symbol.asyncDispose]());
  const secrets = new HeldSecrets(resolver);
  let told = 0;
  const reader = sharedReader(secrets, resolver, {
    followed: () => new Set(["secret://test/issue/file"]),
    onIssued: async () => void (told += 1),
  });
  const readWith =
    (by: SecretReader) =>
    async (...references: readonly string[]): Promise<string[]> => {
      const labelled = Object.fromEntries(references.map((reference) => [reference, reference]));
      const outcomes = await by.settle(labelled);
      return Object.values(outcomes as Record<string, ReferenceOutcome>).map((outcome) =>
        outcome.status === "found" ? outcome.value.text() : outcome.status,
      );
    };
  const one = () => readWith(reader.forOne());
  return { store, resolver, secrets, reader, read: readWith(reader), one, told: () => told };
}

it("a user and its password are of one lease, however often they are asked for", async () => {
  const { store, read, told } = open();
  for (let time = 0; time < 3; time += 1) expect(await read(USER, PASSWORD)).toEqual(["u1", "p1"]);
  expect({ issued: store.issued, told: told() }).toEqual({ issued: 1, told: 1 });
});

it("the same request that is under way is made once", async () => {
  const { store, read } = open();
  expect(await Promise.all([read(USER, PASSWORD), read(USER, PASSWORD)])).toEqual([
    ["u1", "p1"],
    ["u1", "p1"],
  ]);
  expect(store.issued).toBe(1);
});

it("a user is never given with the password of another lease", async () => {
  const { store, read } = open();
  expect(await read(USER)).toEqual(["u1"]);
  expect(await read(USER, PASSWORD)).toEqual(["u2", "p2"]);
  expect(await read(PASSWORD, USER)).toEqual(["p2", "u2"]);
  expect(store.issued).toBe(2);
});

it("what was issued is read anew when its lease was given back", async () => {
  const { read, resolver } = open();
  expect(await read(USER)).toEqual(["u1"]);
  await resolver.leases.revoke("test", "lease-1");
  expect(await read(USER)).toEqual(["u2"]);
});

it("what was issued is read anew when little of its time is left", async () => {
  const { store, read } = open();
  store.lease = { ttlMs: 60_000, maxTtlMs: 60_000 };
  expect(await read(USER)).toEqual(["u1"]);
  // The clock alone: nothing is renewed meanwhile.
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  vi.setSystemTime(Date.now() + 40_000);
  expect(await read(USER)).toEqual(["u1"]);
  vi.setSystemTime(Date.now() + 10_000);
  expect(await read(USER)).toEqual(["u2"]);
});

it("what issues by its own word does so each time, and what has no lease is read each time", async () => {
  const { store, read } = open();
  const volatile = "secret://test/issue/db?volatile=true#user";
  expect([await read(volatile), await read(volatile)]).toEqual([["u1"], ["u2"]]);
  store.secrets.set("plain", "first");
  expect(await read("secret://test/plain")).toEqual(["first"]);
  store.secrets.set("plain", "second");
  expect(await read("secret://test/plain")).toEqual(["second"]);
});

const OWN_USER = "secret://test/issue/db?volatile=true#user";
const OWN_PASSWORD = "secret://test/issue/db?volatile=true#password";

it("what issues by its own word is given again to whom it was issued, while its lease lives", async () => {
  const { store, one, resolver, secrets } = open();
  const [web, other] = [one(), one()];
  for (let probe = 0; probe < 3; probe += 1) expect(await web(OWN_USER, OWN_PASSWORD)).toEqual(["u1", "p1"]);
  expect(await other(OWN_USER, OWN_PASSWORD)).toEqual(["u2", "p2"]);
  expect(await web(OWN_USER, OWN_PASSWORD)).toEqual(["u1", "p1"]);
  expect({ issued: store.issued, shared: secrets.all }).toEqual({ issued: 2, shared: [] });
  await resolver.leases.revoke("test", "lease-1");
  expect(await web(OWN_USER, OWN_PASSWORD)).toEqual(["u3", "p3"]);
  expect(await other(OWN_USER, OWN_PASSWORD)).toEqual(["u2", "p2"]);
});

it("two that ask at once are issued one each, and one that asks twice at once is issued one", async () => {
  const { store, one, read } = open();
  const [web, other] = [one(), one()];
  const users = await Promise.all([web(OWN_USER), other(OWN_USER), web(OWN_USER)]);
  expect(users[0]).toEqual(users[2]);
  expect(users[1]).not.toEqual(users[0]);
  expect(store.issued).toBe(2);
  const [first, second] = await Promise.all([read(OWN_USER), read(OWN_USER)]);
  expect(first).not.toEqual(second);
  // What does not issue by its own word is still one for all.
  expect(await web(OWN_USER, USER)).toEqual([...(users[0] ?? []), "u5"]);
  expect(await other(USER)).toEqual(["u5"]);
});

it("a field of what a file has is that of the file", async () => {
  const { store, read, secrets } = open();
  await secrets.reader.settle({ f: "secret://test/issue/file" });
  expect(await read("secret://test/issue/file#user", "secret://test/issue/file#password")).toEqual([
    "u1",
    "p1",
  ]);
  expect(await read("secret://test/issue/file#none")).toEqual(["not-found"]);
  expect(store.issued).toBe(1);
});

it("one who goes away takes nobody's reading along", async () => {
  const { store, reader, secrets } = open();
  const file = "secret://test/issue/file";
  const gate = store.hold();
  const gone = new AbortController();
  const left = reader.settle({ field: `${file}#user` }, { signal: gone.signal });
  const stays = secrets.reader.settle({ file });
  gone.abort(new Error("The caller has gone"));
  await expect(left).rejects.toThrow("The caller has gone");
  gate.resolve();
  expect(await stays).toMatchObject({ file: { status: "found" } });
  expect(store.reads).toEqual(["issue/file"]);
  await expect(secrets.reader.settle({ file }, { signal: gone.signal })).rejects.toThrow("has gone");
});
