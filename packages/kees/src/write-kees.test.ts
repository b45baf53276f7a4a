import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatReference, type ReferenceOutcome, type SecretReference, SecretValue } from "@sluice/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keesPaths, parseKeesPod, writeKees, type WriteKeesOptions } from "./index.js";

const SEED = `iam.amazonaws.com/role="cluster-app-role"
secret.bsycorp.com/signingKey.v1_public="kind=DYNAMIC,type=RSA,size=2048,foo=bar"
secret.bsycorp.com/signingKey.v1_private="kind=DYNAMIC,type=RSA,size=2048,foo=bar"
secret.bsycorp.com/db.password="kind=REFERENCE,type=PASSWORD"
`;
const STORED = {
  "/db.password": "fakepassword",
  "/signingKey.v1_private": "privatekeydummyvalue",
  "/signingKey.v1_public": "publickeydummyvalue",
};

let folder: string;

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "sluice-kees-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A store in memory; what is `undefined` in it is away. */
function readerOf(stored: Readonly<Record<string, string | undefined>>): WriteKeesOptions["reader"] {
  const outcomeOf = (reference: SecretReference): ReferenceOutcome => {
    const of = { reference: formatReference(reference), store: reference.store };
    const value = stored[reference.path];
    if (value !== undefined)
      return { ...of, status: "found", value: SecretValue.fromText(value), source: "provider" };
    if (reference.path in stored) return { ...of, status: "unavailable", reason: "away" };
    return { ...of, status: "not-found", reason: "missing" };
  };
  const settle: unknown = async (references: readonly SecretReference[]) =>
    Promise.resolve(references.map(outcomeOf));
  return { settle: settle as WriteKeesOptions["reader"]["settle"] };
}

interface Case {
  readonly text?: string;
  readonly stored?: Readonly<Record<string, string | undefined>>;
  readonly isFirst?: boolean;
}

async function write(
  { text = SEED, stored = STORED, isFirst = false }: Case,
  more: Partial<WriteKeesOptions> = {},
) {
  const at = join(folder, "out");
  const paths = isFirst
    ? { annotations: "", secrets: join(at, "secret") }
    : {
        annotations: "",
        secrets: join(at, "secrets.properties"),
        resources: { file: join(at, "resources.properties"), folder: at },
        leases: { file: join(at, "leases.properties"), folder: at },
      };
  return writeKees({
    annotations: parseKeesPod("annotations", text, undefined),
    paths,
    reader: readerOf(stored),
    store: "aws-ssm",
    podName: "web-0",
    ...more,
  });
}

function written(): Record<string, string> {
  const at = join(folder, "out");
  const names = readdirSync(at).filter((name) => !name.startsWith(".."));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(at, name), "utf8")]));
}

function isUntouched(): boolean {
  return readdirSync(folder).length === 0;
}

const RESOURCES = `resource.bsycorp.com/app.db.url="storageKey=db.url,localModeValue=dmFsdWU="
lease.bsycorp.com/flake="kind=INDEX,rangeStart=0,rangeEnd=300"
secret.bsycorp.com/key="kind=DYNAMIC,type=RANDOM,size=128"
init.bsycorp.com/storage-prefix="/acme/prod/"
`;

describe("writeKees", () => {
  it("gives kees' own lines for its own annotations", async () => {
    await write({ isFirst: true });
    expect(written()).toEqual({
      secret:
        "db.password=fakepassword\nsigningKey.v1_private=privatekeydummyvalue\nsigningKey.v1_public=publickeydummyvalue\n",
    });
  });

  it.each(Object.keys(STORED))("writes nothing at all when %s is missing, and says which", async (path) => {
    const stored = Object.fromEntries(Object.entries(STORED).filter(([name]) => name !== path));
    for (const isFirst of [true, false]) {
      await expect(write({ stored, isFirst })).rejects.toMatchObject({
        code: "SLU2001",
        kind: "not-found",
        failures: [{ label: `secret.bsycorp.com${path}`, reference: `secret://aws-ssm/${path}` }],
      });
      expect(isUntouched()).toBe(true);
    }
  });

  it("writes the three files of later releases, and one for each resource and lease", async () => {
    const stored = {
      "/acme/prod/db.url": "dmFsdWU=",
      "/acme/prod/key": "a2V5",
      "/acme/prod/leases/flake.3": "web-1",
      "/acme/prod/leases/flake.161": "web-0",
    };
    await write({ text: RESOURCES, stored });
    expect(written()).toEqual({
      "secrets.properties": "key=a2V5\n",
      "resources.properties": "app.db.url=dmFsdWU=\n",
      "leases.properties": "flake=MTYx\n",
      "app.db.url": "value",
      flake: "161",
    });
  });

  it("writes Base64 out of a store that holds values as they are", async () => {
    const text = RESOURCES.replace(/^lease.*$/m, "");
    const stored = { "/acme/prod/db.url": "value", "/acme/prod/key": "two\nlines" };
    await write({ text, stored }, { storedAs: "plain" });
    expect(written()).toEqual({
      "secrets.properties": `key=${Buffer.from("two\nlines").toString("base64")}\n`,
      "resources.properties": "app.db.url=dmFsdWU=\n",
      "leases.properties": "",
      "app.db.url": "value",
    });
  });

  it("gives in local mode what kees gives, and asks no store", async () => {
    const text = `${RESOURCES.replace("/acme/prod/", "local")}init.bsycorp.com/local-mode="true"
secret.bsycorp.com/app.service.blah="kind=DYNAMIC,type=RANDOM,size=288"
secret.bsycorp.com/fixed="kind=REFERENCE,type=PASSWORD,localModeValue=cGFzc3dvcmQ="
secret.bsycorp.com/none="kind=REFERENCE,type=PASSWORD"
`;
    const settle = () => Promise.reject(new Error("The store was asked"));
    const { empty } = await write({ text }, { reader: { settle }, podName: "test-pod-name" });
    expect(empty).toEqual(["none"]);
    expect(written()).toMatchObject({
      "secrets.properties": expect.stringContaining(
        "app.service.blah=JuTNTwzlgOWVLXk6aG8LQiZ6JXuGlPpaXvEKJkk7jDjsrJpC\nfixed=cGFzc3dvcmQ=\n",
      ) as unknown,
      "app.db.url": "value",
      "leases.properties": "flake=MTI5\n",
    });
  });

  describe("with remote-then-local", () => {
    const text = `${RESOURCES}init.bsycorp.com/local-mode="remote-then-local"\n`;

    it("takes from the store what it has, and makes the rest", async () => {
      await write({ text, stored: { "/acme/prod/key": "a2V5" } }, { storedAs: "base64" });
      expect(written()).toMatchObject({ "secrets.properties": "key=a2V5\n", "app.db.url": "value" });
    });

    it("makes nothing up for a store that is away", async () => {
      await expect(write({ text, stored: { "/acme/prod/key": undefined } })).rejects.toMatchObject({
        kind: "unavailable",
        failures: [{ label: "secret.bsycorp.com/key", status: "unavailable" }],
      });
      expect(isUntouched()).toBe(true);
    });
  });

  it("tells of everything that is wrong at once, and of no value", async () => {
    const text = `${RESOURCES}secret.bsycorp.com/two="kind=REFERENCE,type=PASSWORD"\n`;
    const stored = { "/acme/prod/two": "top\nsecret", "/acme/prod/db.url": "no base64!" };
    const thrown: unknown = await write({ text, stored }).catch((error: unknown) => error);
    expect(thrown).toMatchObject({
      failures: [
        { label: "lease.bsycorp.com/flake", reason: "no-lease" },
        { label: "secret.bsycorp.com/key", status: "not-found" },
        { label: "resource.bsycorp.com/app.db.url", reason: "not-base64" },
        { label: "secret.bsycorp.com/two", reason: "not-a-line" },
      ],
    });
    expect(JSON.stringify(thrown) + String(thrown)).not.toMatch(/top|no base64!/);
    expect(isUntouched()).toBe(true);
  });

  it("needs the pod's name for a lease", async () => {
    const options = {
      annotations: parseKeesPod("a", RESOURCES, undefined),
      reader: readerOf({}),
      store: "s",
    };
    const paths = keesPaths({ SECRETS_FILE: join(folder, "out/s") }, () => false);
    await expect(writeKees({ ...options, paths })).rejects.toThrow("POD_NAME is not set");
  });

  it("tries once more where it is told to, and no oftener", async () => {
    const stored: Record<string, string> = {};
    let retries = 0;
    const onRetry = () => {
      retries += 1;
      Object.assign(stored, STORED);
    };
    await write({ stored, isFirst: true }, { retryDelayMs: 1, onRetry });
    expect(written()["secret"]).toContain("db.password=fakepassword\n");
    await expect(
      write({ stored: {}, isFirst: true }, { retryDelayMs: 1, onRetry: () => (retries += 1) }),
    ).rejects.toMatchObject({ code: "SLU2001" });
    expect(retries).toBe(2);
    expect(written()["secret"]).toContain("db.password=fakepassword\n");
  });

  it("makes no folder for files that nothing is in", async () => {
    const at = join(folder, "secret");
    mkdirSync(at);
    const paths = {
      annotations: "",
      secrets: join(at, "secret"),
      resources: { file: join(folder, "init/resources"), folder: join(folder, "init") },
      leases: { file: join(folder, "init/leases"), folder: join(folder, "init") },
    };
    expect(await write({}, { paths })).toMatchObject({ values: 3, paths: [join(at, "secret")] });
    expect(readdirSync(folder)).toEqual(["secret"]);
  });
});

describe("parseKeesPod", () => {
  it("lists every line and every annotation that is wrong", () => {
    const text = `${SEED}secret.bsycorp.com/a="kind=BLAh"\njunk\n`;
    expect(() => parseKeesPod("/podinfo/annotations", text, undefined)).toThrow(
      /^\/podinfo\/annotations:6: the line is not of the form KEY="VALUE"; .*annotations: Annotation secret.bsycorp.com\/a has a kind/,
    );
  });
});

describe("keesPaths", () => {
  it("knows later releases by their annotations, and where nothing tells", () => {
    const later = {
      annotations: "/podinfo/annotations",
      secrets: "/bsycorp-init/secrets.properties",
      resources: { file: "/bsycorp-init/resources.properties", folder: "/bsycorp-init" },
      leases: { file: "/bsycorp-init/leases.properties", folder: "/bsycorp-init" },
    };
    expect(keesPaths({}, () => false)).toEqual(later);
    expect(keesPaths({}, () => true)).toEqual(later);
  });

  it("knows the first release by its annotations", () => {
    const isThere = (path: string) => path === "/annotations/annotations";
    expect(keesPaths({}, isThere)).toEqual({
      annotations: "/annotations/annotations",
      secrets: "/secret/secret",
    });
    expect(keesPaths({ LEASES_FILE: "/x/leases" }, isThere)).toMatchObject({
      annotations: "/annotations/annotations",
      leases: { file: "/x/leases" },
    });
  });

  it("lets every path be another", () => {
    const environment = {
      ANNOTATIONS_FILE: "/a",
      SECRETS_FILE: "/s/s",
      RESOURCES_FILE: "/r/r",
      LEASES_FILE: "/l/l",
      RESOURCES_FILE_PATH: "/r/",
      LEASES_FILE_PATH: "/l/more",
    };
    expect(keesPaths(environment, () => true)).toEqual({
      annotations: "/a",
      secrets: "/s/s",
      resources: { file: "/r/r", folder: "/r" },
      leases: { file: "/l/l", folder: "/l/more" },
    });
  });
});
