import { createPrivateKey, createPublicKey } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Unavailable } from "../../servers/shared/server.js";
import { openAws, PARAMETER_STORE } from "../cli/providers/aws-subject.js";
import { openAzure } from "../cli/providers/azure-subject.js";
import type { CliSubject } from "../cli/providers/cli-subject.js";
import { openKubernetes } from "../cli/providers/kubernetes-subject.js";
import { openVault } from "../cli/providers/vault-subject.js";
import { generatedSecret, GeneratorPlace } from "./generator-place.js";

const STORES: readonly (readonly [string, () => Promise<CliSubject | Unavailable>])[] = [
  ["Parameter Store", async () => openAws(PARAMETER_STORE)],
  ["Key Vault", openAzure],
  ["Vault or OpenBao", openVault],
  ["Secrets of Kubernetes", openKubernetes],
];

for (const [title, open] of STORES) {
  const opened = await open();
  const reason = "reason" in opened ? opened.reason : undefined;
  if (reason !== undefined) process.stderr.write(`\nSKIPPED: generate into ${title}: ${reason}\n\n`);
  const subject = opened as CliSubject;

  describe.skipIf(reason !== undefined)(`generate into ${title}`, { timeout: 120_000 }, () => {
    let place: GeneratorPlace;
    beforeAll(async () => {
      place = await GeneratorPlace.open(subject);
      await place.write("all.yaml", ...manifests());
    });
    afterAll(async () => {
      await place[Symbol.asyncDispose]();
      await subject[Symbol.asyncDispose]();
    });

    it("refuses to where nothing tells that it is only once, and says what would", async () => {
      const { code, stdout, stderr } = await place.generate("-f", "all.yaml", "-o", "json");
      const expected = subject.unconditional
        ? { code: 78, status: "failed", note: "--sole-writer" }
        : { code: 0, status: "created", note: "" };
      const rows = JSON.parse(stdout) as { status: string }[];
      expect({ code, status: rows.map(({ status }) => status) }).toEqual({
        code: expected.code,
        status: rows.map(() => expected.status),
      });
      expect(stderr).toContain(expected.note);
    });

    it("creates what is not there, whole and in its form", async () => {
      const rows = await generate("all.yaml");
      expect(rows.map(({ status }) => status)).toEqual(rows.map(() => whenFirst()));
      const [password, random = "", uuid, privateKey = "", publicKey, ssh] = await readAll();
      expect(password).toMatch(/^[0-9A-Za-z]{20}$/);
      expect(Buffer.from(random, "base64")).toHaveLength(48);
      expect(uuid).toMatch(/^[0-9a-f-]{36}$/);
      const derived = createPublicKey(createPrivateKey(privateKey));
      expect(publicKey).toBe(derived.export({ format: "pem", type: "spki" }));
      expect(ssh).toMatch(/^ssh-ed25519 \S+ deploy$/);
    });

    it("leaves what is there as it is, whoever wrote it", async () => {
      const before = await readAll();
      await subject.write(subject.path("mine"), "somebody else's");
      await place.write("mine.yaml", secretOf("mine", { type: "Password" }, ["value"]));
      const rows = [...(await generate("all.yaml")), ...(await generate("mine.yaml"))];
      expect(rows.map(({ status }) => status)).toEqual(rows.map(() => "exists"));
      expect(await readAll()).toEqual(before);
      expect(await subject.read(subject.path("mine"))).toBe("somebody else's");
    });

    it("tells of values nothing", async () => {
      const values = await readAll();
      const { stdout, stderr } = await place.generate("-f", "all.yaml", ...flags());
      for (const value of values) expect(stdout + stderr).not.toContain(value.trim());
    });

    function manifests(): object[] {
      return [
        secretOf("password", { type: "Password", length: 20, require: ["0123456789"] }, ["value"]),
        secretOf("random", { type: "Random", bytes: 48 }, ["value"]),
        secretOf("uuid", { type: "UUID" }, ["value"]),
        secretOf("pair", { type: "EC" }, ["private", "public"]),
        secretOf("ssh", { type: "SSH", comment: "deploy" }, ["private", "public"]),
      ];
    }

    /** A secret as this store can hold it: with keys, where it holds fields. */
    function secretOf(name: string, spec: object, fields: readonly string[]): object {
      const keys = { keys: Object.fromEntries(fields.map((field) => [field, keyOf(field)])) };
      const how = subject.field === undefined ? { separator: "-" } : keys;
      return generatedSecret(name, { ...spec, ...how, path: subject.path(name) });
    }

    function keyOf(field: string): string {
      return field === "value" ? (subject.field ?? field) : field;
    }

    /** What the secrets have, in the order of {@link manifests}, without the private key for SSH. */
    async function readAll(): Promise<string[]> {
      const members = [
        ["password", "value"],
        ["random", "value"],
        ["uuid", "value"],
        ["pair", "private"],
        ["pair", "public"],
        ["ssh", "public"],
      ] as const;
      return place.read(
        ...members.map(([name, field]) => {
          const suffix = field === "value" ? "" : `-${field}`;
          const end = subject.field === undefined ? suffix : `#${keyOf(field)}`;
          return `secret://main/${subject.path(name)}${end}`;
        }),
      );
    }

    async function generate(file: string) {
      return place.rows("-f", file, ...flags());
    }

    function flags(): string[] {
      return subject.unconditional ? ["--sole-writer"] : [];
    }

    /** The first test has created already what a store can create for certain once. */
    function whenFirst(): string {
      return subject.unconditional ? "created" : "exists";
    }
  });
}
