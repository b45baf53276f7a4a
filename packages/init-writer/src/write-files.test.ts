import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createSecretResolver,
  defineProvider,
  type Failure,
  ResolutionError,
  type SecretOutcome,
  SecretValue,
  SluiceError,
} from "@sluice/core";
import { type FilesPlan, formatPlan, type InjectionPlan, type PlannedContent } from "@sluice/core/plan";
import { planOfReferences, type SecretReader } from "@sluice/files";
import {
  answerPlan,
  createSourceHandler,
  type EnvironmentRequest,
  parseAnswer,
  ProblemError,
} from "@sluice/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sourceReader } from "./source-reader.js";
import { writeFiles } from "./write-files.js";

type Content = Readonly<Record<string, string | Uint8Array | Failure>>;

const SECRETS: Content = {
  db: '{"user":"u","password":"SECRET-7f3a"}',
  raw: Uint8Array.of(0, 0xff, 0x41),
  no: { status: "denied", reason: "forbidden", message: "is not for you" },
};

function resolverOf(content: () => Content): SecretReader {
  const provider = defineProvider<object>({
    id: "memory",
    optionsSchema: {},
    capabilities: { batchSize: 100, fields: "extracted", versions: { exact: true, label: false } },
    create: () => ({
      resolve: async (requests) =>
        requests.map(({ id, path }): SecretOutcome => {
          const held = content()[path] ?? { status: "not-found", reason: "no-such-secret" };
          if (typeof held !== "string" && !(held instanceof Uint8Array)) return { id, ...held };
          const value = typeof held === "string" ? SecretValue.fromText(held) : SecretValue.fromBytes(held);
          return { id, status: "found", value };
        }),
    }),
  });
  return createSecretResolver({ stores: { prod: provider({}) }, retry: { attempts: 1 }, cache: false });
}

let folder: string;
let root: string;
let server: Server | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-writer-"));
  root = join(folder, "files");
});

afterEach(() => {
  server?.close();
  server = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const planned = (contents: Readonly<Record<string, PlannedContent>>): FilesPlan => ({
  version: 1,
  minReader: 1,
  critical: [],
  roots: [root],
  files: Object.entries(contents).map(([name, content]) => ({ path: join(root, name), content })),
});

/** A source on a Unix socket that answers as a broker: from the plan of the container, in one go. */
async function openSource(files: FilesPlan, answers: (request: EnvironmentRequest) => SecretReader) {
  const own: InjectionPlan = {
    ...planOfReferences(files, "sluice-write-web"),
    source: { token: join(folder, "token") },
  };
  writeFileSync(join(folder, "token"), "a.b.c\n");
  const asked: { readonly request: EnvironmentRequest; readonly token: string | undefined }[] = [];
  const path = join(folder, "source.sock");
  const handler = createSourceHandler({
    answer: async (request, { token }) => {
      asked.push({ request, token });
      return (await answerPlan(own, answers(request))).answer;
    },
  });
  server = createServer(handler);
  await new Promise<void>((resolve) => server?.listen(path, resolve));
  const planText = formatPlan(own);
  const reader = sourceReader({ address: { kind: "unix", path }, plan: own, planText, files });
  return { reader, asked };
}

async function thrownBy(work: Promise<unknown>): Promise<SluiceError> {
  const thrown = await work.catch((error: unknown) => error);
  if (SluiceError.isInstance(thrown)) return thrown;
  throw new Error("It did not fail as expected", { cause: thrown });
}

const CONTENTS: Readonly<Record<string, PlannedContent>> = {
  "db.json": { format: "json", spread: [{ from: "secret://prod/db" }] },
  raw: { format: "raw", text: "secret://prod/raw" },
  note: { format: "raw", text: "=${secret://prod/db#user}" },
};

describe("files are written", () => {
  it("from stores", async () => {
    const plan = planned(CONTENTS);
    const reader = resolverOf(() => SECRETS);
    expect(await writeFiles({ plan, reader })).toMatchObject({ count: 3 });
    expect(JSON.parse(readFileSync(join(root, "db.json"), "utf8"))).toMatchObject({
      password: "SECRET-7f3a",
    });
    expect((await writeFiles({ plan, reader })).changed).toEqual([]);
  });

  it("files 4.1 from a source, in one answer, bytes that no variable could hold among them", async () => {
    const plan = planned({
      ...CONTENTS,
      t: {
        format: "go-template",
        store: "prod",
        template: '{{ (secret "db").Data.user }}{{ if false }}{{ secret "never" }}{{ end }}',
      },
    });
    const { reader, asked } = await openSource(plan, () => resolverOf(() => SECRETS));
    expect(await writeFiles({ plan, reader })).toMatchObject({ count: 4 });
    expect(readFileSync(join(root, "raw"))).toEqual(Buffer.from(SECRETS["raw"] as Uint8Array));
    expect(readFileSync(join(root, "note"), "utf8") + readFileSync(join(root, "t"), "utf8")).toBe("=uu");
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ token: "a.b.c", request: { container: "sluice-write-web" } });
  });

  it("as the answer that a launcher reads", async () => {
    const container: InjectionPlan = {
      version: 1,
      minReader: 1,
      critical: [],
      container: "web",
      env: { URL: ["pg://${secret://prod/db#user}@", { var: "HOST" }] },
    };
    const plan = planned({ answer: { format: "environment", plan: container } });
    const { reader } = await openSource(plan, () => resolverOf(() => SECRETS));
    await writeFiles({ plan, reader });
    expect(parseAnswer(readFileSync(join(root, "answer"), "utf8")).env).toEqual({
      URL: ["pg://", "u", "@", { var: "HOST" }],
    });
    const denied = planned({
      answer: { format: "environment", plan: { ...container, env: { A: "secret://prod/no" } } },
    });
    const error = await thrownBy(writeFiles({ plan: denied, reader: resolverOf(() => SECRETS) }));
    expect(error.kind).toBe("denied");
    expect(error.message).toContain(`${root}/answer (A): secret://prod/no is not for you`);
  });
});

describe("nothing is written", () => {
  it("when the source refuses a secret, and the error names the files", async () => {
    const plan = planned({ ...CONTENTS, x: { format: "raw", text: "${secret://prod/no}" } });
    const { reader } = await openSource(plan, () => resolverOf(() => SECRETS));
    const error = await thrownBy(writeFiles({ plan, reader, waitMs: 0 }));
    expect(ResolutionError.isInstance(error) && error.failures).toMatchObject([
      { label: join(root, "x"), reference: "secret://prod/no", status: "denied", reason: "forbidden" },
    ]);
    expect(error.message).not.toContain("SECRET-7f3a");
    expect(readdirSync(folder)).not.toContain("files");
  });

  it("when a secret is missing at the source", async () => {
    const plan = planned({ x: { format: "raw", text: "secret://prod/gone" } });
    const { reader } = await openSource(plan, () => resolverOf(() => SECRETS));
    const error = await thrownBy(writeFiles({ plan, reader, waitMs: 0 }));
    expect([error.kind, error.message]).toEqual(["not-found", expect.stringContaining("does not exist")]);
  });

  it("when the source refuses all, and what it says is kept", async () => {
    const plan = planned(CONTENTS);
    const problem = new ProblemError({ kind: "denied", reason: "not-authorized", message: "Not web" });
    const { reader } = await openSource(plan, () => ({ settle: async () => Promise.reject(problem) }));
    expect(await thrownBy(writeFiles({ plan, reader }))).toMatchObject({
      kind: "denied",
      problem: "Not web",
    });
  });

  it("into a folder that is not allowed", async () => {
    const plan = planned(CONTENTS);
    const reader = resolverOf(() => SECRETS);
    expect((await thrownBy(writeFiles({ plan, reader, allowed: ["/run"] }))).code).toBe("SLU1301");
    await writeFiles({ plan, reader, allowed: [folder] });
  });
});

describe("what is away is waited for", () => {
  const away: Content = { ...SECRETS, db: { status: "unavailable", reason: "down" } };

  it("until it is back", async () => {
    let tries = 0;
    const reader = resolverOf(() => ((tries += 1) > 3 ? SECRETS : away));
    const waits: string[] = [];
    const plan = planned({ u: { format: "raw", text: "secret://prod/db#user" } });
    const onWait = ({ kind }: SluiceError): unknown => waits.push(kind);
    await writeFiles({ plan, reader, onWait, waitMs: 60_000 });
    expect(waits).toEqual(["unavailable", "unavailable", "unavailable"]);
  });

  it("files 4.3 until a source is there, with the same nonce", async () => {
    const plan = planned({ u: { format: "raw", text: "secret://prod/db#user" } });
    let tries = 0;
    const { reader, asked } = await openSource(plan, () =>
      resolverOf(() => ((tries += 1) > 1 ? SECRETS : away)),
    );
    await writeFiles({ plan, reader });
    expect(new Set(asked.map(({ request }) => request.nonce)).size).toBe(1);
    expect(asked).toHaveLength(2);
  });

  it("not longer than it may be, and not when nobody listens any more", async () => {
    const plan = planned({ u: { format: "raw", text: "secret://prod/db#user" } });
    const reader = resolverOf(() => away);
    expect((await thrownBy(writeFiles({ plan, reader, waitMs: 0 }))).kind).toBe("unavailable");
    const stop = new AbortController();
    const waiting = writeFiles({
      plan,
      reader,
      signal: stop.signal,
      onWait: () => stop.abort(new Error("stop")),
    });
    await expect(waiting).rejects.toThrow(/stop|abort/);
    const gone = sourceReader({
      address: { kind: "unix", path: join(folder, "nobody") },
      plan: planOfReferences(plan, "w"),
      planText: "",
      files: plan,
    });
    const error = await thrownBy(writeFiles({ plan, reader: gone, waitMs: 0 }));
    expect([error.kind, error.message]).toEqual(["unavailable", expect.stringContaining("ENOENT")]);
  });

  it("and with a retry delay everything once", async () => {
    let tries = 0;
    const reader = resolverOf(() => ((tries += 1) > 1 ? SECRETS : {}));
    const plan = planned({ u: { format: "raw", text: "secret://prod/db#user" } });
    expect((await writeFiles({ plan, reader, retryDelayMs: 1 })).count).toBe(1);
    const never = writeFiles({ plan, reader: resolverOf(() => ({})), retryDelayMs: 1 });
    expect((await thrownBy(never)).kind).toBe("not-found");
  });
});
