import { createPrivateKey, createPublicKey } from "node:crypto";
import { createKeyPool, createSecret, type WantedSecret, wantedOfResource } from "@sluice/generator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openAws, PARAMETER_STORE } from "../cli/providers/aws-subject.js";
import type { CliSubject } from "../cli/providers/cli-subject.js";
import { generatedSecret, GeneratorPlace } from "./generator-place.js";
import { openParameterStore } from "./open-parameter-store.js";

const SPECS = [
  { type: "RSA", bits: 2048 },
  ...Array.from({ length: 3 }, () => ({ type: "EC" })),
  ...Array.from({ length: 3 }, () => ({ type: "Ed25519" })),
  { type: "SSH" },
  ...Array.from({ length: 4 }, () => ({ type: "Random" })),
  ...Array.from({ length: 6 }, () => ({ type: "Password" })),
  ...Array.from({ length: 2 }, () => ({ type: "UUID" })),
];
const SECRETS = 100;
const [PROCESSES, RESOLVERS] = [4, 16];

const opened = await openAws(PARAMETER_STORE);
const reason = "reason" in opened ? opened.reason : undefined;
const subject = opened as CliSubject;

describe.skipIf(reason !== undefined)("generators that race on Parameter Store", () => {
  let place: GeneratorPlace;
  const manifests = Array.from({ length: SECRETS }, (_, at) =>
    generatedSecret(`secret-${at}`, { ...SPECS[at % SPECS.length], path: pathOf(`s${at}`) }),
  );
  const wanted = manifests.flatMap(
    (manifest) =>
      wantedOfResource({ ...manifest, metadata: { ...manifest.metadata, resourceVersion: "" } }).secrets,
  );
  const paths = wanted.flatMap(({ entries }) => entries.map(({ path }) => path));

  beforeAll(async () => {
    place = await GeneratorPlace.open(subject);
    await place.write("manifests.yaml", ...manifests);
  });
  afterAll(async () => {
    await place[Symbol.asyncDispose]();
    await subject[Symbol.asyncDispose]();
  });

  it("20 of them create 100 secrets, each once, and whole", { timeout: 300_000 }, async () => {
    await using keys = createKeyPool();
    const processes = Array.from({ length: PROCESSES }, async () => {
      const rows = await place.rows("-f", "manifests.yaml");
      expect(rows).toHaveLength(SECRETS);
      expect(rows.every(({ status }) => status === "created" || status === "exists")).toBe(true);
      return rows.flatMap(({ status, place: at }) => (status === "created" ? at.split(" ") : []));
    });
    const resolvers = Array.from({ length: RESOLVERS }, async () => raceAlone(wanted, keys));
    const created = (await Promise.all([...resolvers, ...processes])).flat();

    // Each path was created by exactly one of them, and has had no other value since.
    expect(created.toSorted()).toEqual(paths.toSorted());
    const versions = await versionsOf(paths);
    expect(versions).toEqual(paths.map(() => "1"));
    await expectWhole(wanted);

    // Once more changes nothing.
    const again = await place.rows("-f", "manifests.yaml");
    expect(again.map(({ status }) => status)).toEqual(wanted.map(() => "exists"));
    expect(await versionsOf(paths)).toEqual(versions);
  });

  function pathOf(name: string): string {
    return reason === undefined ? subject.path(name) : name;
  }

  /** The paths that one generator among others creates. */
  async function raceAlone(
    secrets: readonly WantedSecret[],
    keys: ReturnType<typeof createKeyPool>,
  ): Promise<string[]> {
    await using resolver = openParameterStore(subject);
    const created: string[] = [];
    const queue = secrets.values();
    const work = async (): Promise<void> => {
      for (const secret of queue) {
        const signal = AbortSignal.timeout(240_000);
        const outcome = await createSecret(secret, { resolver, keys, signal, soleWriter: false });
        if (outcome.status === "failed") throw new Error(outcome.message);
        if (outcome.status === "created") created.push(...outcome.paths);
      }
    };
    await Promise.all([work(), work(), work(), work()]);
    return created;
  }

  async function versionsOf(all: readonly string[]): Promise<(string | undefined)[]> {
    await using resolver = openParameterStore(subject);
    const outcomes = await resolver.settle(all.map((path) => ({ store: "main", path })));
    return outcomes.map((outcome) => (outcome.status === "found" ? outcome.version : outcome.reason));
  }

  async function expectWhole(secrets: readonly WantedSecret[]): Promise<void> {
    await using resolver = openParameterStore(subject);
    for (const { spec, entries } of secrets) {
      const values = await resolver.getAll(
        Object.fromEntries(
          entries.map(({ path, members }) => [members[0]?.field ?? "", { store: "main", path }]),
        ),
      );
      if (!("form" in spec)) continue;
      const derived = createPublicKey(createPrivateKey(values["private"]?.text() ?? ""));
      expect(values["public"]?.text()).toBe(derived.export({ format: "pem", type: "spki" }));
    }
  }
});
