import { createPrivateKey, createPublicKey } from "node:crypto";
import { once } from "node:events";
import type { SecretResolver } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HttpProxy, startHttpProxy } from "../../servers/faults/http-proxy.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { openAws, PARAMETER_STORE } from "../cli/providers/aws-subject.js";
import type { CliSubject } from "../cli/providers/cli-subject.js";
import { generatedSecret, GeneratorPlace } from "./generator-place.js";
import { openParameterStore } from "./open-parameter-store.js";

const PAIRS = 5;

const opened = await openAws(PARAMETER_STORE);
const reason = "reason" in opened ? opened.reason : undefined;
const subject = opened as CliSubject;

describe.skipIf(reason !== undefined)("a generator that is killed", { timeout: 120_000 }, () => {
  let place: GeneratorPlace;
  let proxy: HttpProxy;
  let resolver: SecretResolver;
  const names = Array.from({ length: PAIRS }, (_, at) => `pair${at}`);
  beforeAll(async () => {
    resolver = openParameterStore(subject);
    const { endpoint } = subject.store.options as unknown as { endpoint: string };
    proxy = await startHttpProxy({ address: endpoint });
    const store = await subject.at(`http://127.0.0.1:${proxy.port}`);
    place = await GeneratorPlace.open({ ...subject, store });
    const specs = names.map((name) => generatedSecret(name, { type: "EC", path: subject.path(name) }));
    await place.write("pairs.yaml", ...specs);
  });
  afterAll(async () => {
    await place[Symbol.asyncDispose]();
    await proxy[Symbol.asyncDispose]();
    await resolver[Symbol.asyncDispose]();
    await subject[Symbol.asyncDispose]();
  });

  // Of five pairs, one path after the other: what stands after each crash.
  it.each([
    [1, "done", 1],
    [1, "lost", 1],
    [2, "done", 3],
    [2, "lost", 4],
    [3, "done", 7],
  ] as const)("at write %i of a run, which is %s, leaves %i members", async (write, fate, members) => {
    const before = await standing();
    await killAtWrite(write, fate, members);
    const after = await standing();
    expect(after.size).toBe(members);
    for (const [name, value] of before) expect(after.get(name)).toBe(value);
  });

  it("leaves nothing that the next does not make whole, of what stands", async () => {
    const before = await standing();
    expect((await place.rows("-f", "pairs.yaml")).map(({ status }) => status)).toContain("created");
    const after = await standing();
    expect(after.size).toBe(2 * PAIRS);
    for (const [name, value] of before) expect(after.get(name)).toBe(value);
    for (const name of names) {
      const derived = createPublicKey(createPrivateKey(after.get(`${name}_private`) ?? ""));
      expect(after.get(`${name}_public`)).toBe(derived.export({ format: "pem", type: "spki" }));
    }
  });

  /** Kills a generator that waits for the answer to its write of this number: `done` in the store, or `lost`. */
  async function killAtWrite(number: number, fate: "done" | "lost", members: number): Promise<void> {
    let writes = 0;
    proxy.intercept(({ headers }) => {
      if (!String(headers["x-amz-target"]).endsWith("PutParameter")) return undefined;
      writes += 1;
      if (writes < number) return undefined;
      const isDone = writes === number && fate === "done";
      return isDone ? { kind: "cut", afterBytes: 0, ending: "silence" } : { kind: "silent" };
    });
    const child = place.start("-f", "pairs.yaml", "--concurrency", "1");
    child.stdout?.resume();
    child.stderr?.resume();
    const ended = once(child, "exit");
    await waitUntil("it has written", async () => writes >= number && (await standing()).size >= members);
    child.kill("SIGKILL");
    expect(await ended).toEqual([null, "SIGKILL"]);
    proxy.intercept();
  }

  /** What there is of the pairs. */
  async function standing(): Promise<Map<string, string>> {
    const members = names.flatMap((name) => [`${name}_private`, `${name}_public`]);
    const references = members.map((member) => ({ store: "main", path: subject.path(member) }));
    const outcomes = await resolver.settle(references);
    return new Map(
      outcomes.flatMap((outcome, at) =>
        outcome.status === "found" ? [[members[at] ?? "", outcome.value.text()] as const] : [],
      ),
    );
  }
});
