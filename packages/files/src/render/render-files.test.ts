import { ResolutionError, SecretValue, SluiceError } from "@sluice/core";
import type { PlannedContent, PlannedFile } from "@sluice/core/plan";
import { describe, expect, it } from "vitest";
import { memoryReader } from "../memory-reader.test-support.js";
import { fileReferences } from "./files-references.js";
import { renderFiles } from "./render-files.js";
import type { RenderOptions } from "./render-options.js";
import type { SecretReader } from "./secret-reads.js";

const SECRETS = {
  db: '{"user":"u","password":"p$ä"}',
  text: "SECRET-7f3a",
  raw: Uint8Array.of(0xff, 0, 0x41),
  "secret/data/app": '{"port":1.50,"name":"x"}',
  no: { status: "denied", reason: "forbidden", message: "is not for you", remedy: "Ask" },
} as const;

const file = (content: PlannedContent, more: Partial<PlannedFile> = {}): PlannedFile => ({
  path: "/run/app/f",
  content,
  ...more,
});

async function render(
  files: readonly PlannedFile[],
  reader: SecretReader = memoryReader(SECRETS).reader,
  options?: RenderOptions,
): Promise<Record<string, string>> {
  const rendered = await renderFiles({ roots: ["/run/app"], files }, reader, options);
  return Object.fromEntries(rendered.files.map(({ path, content }) => [path, content.text()]));
}

async function refusal(...render: Promise<unknown>[]): Promise<ResolutionError> {
  const [thrown] = await Promise.all(render.map(async (each) => each.catch((error: unknown) => error)));
  if (ResolutionError.isInstance(thrown)) return thrown;
  throw new Error("It was not refused", { cause: thrown });
}

describe("files are made of", () => {
  const db = { from: "secret://prod/db" };
  it.each<[string, PlannedContent, string]>([
    ["a reference", { format: "raw", text: "secret://prod/db#user" }, "u"],
    ["a text with references", { format: "raw", text: "${secret://prod/db#user}:$x" }, "u:$x"],
    [
      "entries",
      { format: "java-properties", entries: { a: "=${secret://prod/text}" } },
      "a=\\=SECRET-7f3a\n",
    ],
    ["a spread", { format: "dotenv", spread: [db] }, "user=u\npassword='p$ä'\n"],
    [
      "both, where an entry wins over a field",
      { format: "json", spread: [db], entries: { user: "me", z: "1" } },
      '{\n  "user": "me",\n  "password": "p$ä",\n  "z": "1"\n}\n',
    ],
    [
      "nothing that is optional",
      { format: "yaml", entries: { a: "secret://prod/x", b: "1" }, optional: ["a"] },
      'b: "1"\n',
    ],
    [
      "a template, its secrets as Vault's",
      {
        format: "go-template",
        store: "vault",
        template:
          '{{ with secret "secret/data/app" }}{{ .Data.data.port }} {{ .Data.metadata.version }}{{ end }}{{ (secret "db").Data.user }}',
      },
      "1.50 7u",
    ],
    [
      "a template with other delimiters, of a secret that has no fields",
      {
        format: "go-template",
        store: "vault",
        template: '{{x}}[[- with secret "text" ]]-[[ .Data.value ]]-[[ end -]] y',
        delimiters: ["[[", "]]"],
      },
      "{{x}}-SECRET-7f3a-y",
    ],
  ])("%s", async (_, content, text) => {
    expect(await render([file(content)])).toEqual({ "/run/app/f": text });
  });

  it("one file a name, of any bytes", async () => {
    const { reader } = memoryReader(SECRETS);
    const content = { format: "directory", spread: [db], entries: { raw: "secret://prod/raw" } } as const;
    const { files } = await renderFiles({ roots: ["/run"], files: [file(content)] }, reader);
    expect(files.map(({ path }) => path)).toEqual([
      "/run/app/f/user",
      "/run/app/f/password",
      "/run/app/f/raw",
    ]);
    expect(files.at(-1)?.content.bytes()).toEqual(SECRETS.raw);
  });

  it("one request, however many files ask for the same", async () => {
    const { reader, calls } = memoryReader(SECRETS);
    const template = {
      format: "go-template",
      store: "prod",
      template: '{{ (secret "db").Data.user }}',
    } as const;
    await render(
      [
        file({ format: "raw", text: "secret://prod/db#user" }),
        file({ format: "json", spread: [db] }, { path: "/run/app/g" }),
        file(template, { path: "/run/app/h" }),
      ],
      reader,
    );
    expect(calls).toEqual([["db"]]);
  });

  it("what a container's source would answer, made by whoever knows how", async () => {
    const plan = {
      version: 1,
      minReader: 1,
      critical: [],
      container: "web",
      env: { A: "secret://prod/text" },
    } as const;
    const files = [file({ format: "environment", plan })];
    const { reader, calls } = memoryReader(SECRETS);
    const answered = await render(files, reader, {
      answerEnvironment: async ({ env }, { settle }) => {
        const { A } = await settle(env as { readonly A: string });
        return SecretValue.fromText(A.status);
      },
    });
    expect(answered).toEqual({ "/run/app/f": "found" });
    expect(calls).toEqual([["text"]]);
    expect((await refusal(render(files))).failures).toMatchObject([{ status: "unsupported" }]);
    const denied = new SluiceError({ code: "SLU5001", kind: "denied", problem: "No", remedy: "Ask" });
    const refused = await refusal(
      render(files, reader, { answerEnvironment: async () => Promise.reject(denied) }),
    );
    expect([refused.kind, refused.failures[0]?.reference]).toEqual([
      "denied",
      'environment of container "web"',
    ]);
  });

  it("have the mode that their owner needs", async () => {
    const { reader } = memoryReader(SECRETS);
    const content = { format: "raw", text: "x" } as const;
    const files = [{}, { uid: 5 }, { gid: 6 }, { uid: 5, gid: 6 }].map((owner, index) =>
      file(content, { path: `/run/app/${index}`, owner }),
    );
    const { files: rendered } = await renderFiles({ roots: ["/run/app"], files }, reader);
    expect(rendered.map(({ mode }) => mode)).toEqual([0o400, 0o400, 0o440, 0o400]);
    const own = await renderFiles({ roots: ["/run/app"], files: [file(content, { mode: "0644" })] }, reader);
    expect(own.files[0]?.mode).toBe(0o644);
  });
});

describe("files 3.6 are made all or none", () => {
  it("with one error that lists every failure by file and entry, and holds no value", async () => {
    const error = await refusal(
      render([
        file({ format: "raw", text: "${secret://prod/text}${secret://prod/no}" }, { path: "/run/app/a" }),
        file(
          { format: "json", entries: { k: "secret://prod/gone", ok: "secret://prod/text" } },
          { path: "/run/app/b" },
        ),
        file({ format: "dotenv", entries: { bin: "secret://prod/raw" } }, { path: "/run/app/c" }),
        file({ format: "json", spread: [{ from: "secret://prod/text" }] }, { path: "/run/app/d" }),
        file({ format: "raw", text: "secret://prod/%" }, { path: "/run/app/e" }),
        file({ format: "shell", entries: { "not a name": "secret://prod/text" } }, { path: "/run/app/g" }),
        file({ format: "directory", entries: { "../up": "secret://prod/text" } }, { path: "/run/app/h" }),
        file({ format: "pem", text: "secret://prod/text" }, { path: "/run/app/i" }),
        file(
          { format: "pkcs12", text: "secret://prod/text", password: "secret://prod/gone" },
          { path: "/run/app/j" },
        ),
      ]),
    );
    expect(error.failures.map(({ label, status, reason }) => [label, status, reason])).toEqual([
      ["/run/app/a", "denied", "forbidden"],
      ["/run/app/b (k)", "not-found", "no-such-secret"],
      ["/run/app/c (bin)", "invalid", "not-text"],
      ["/run/app/d", "invalid", "not-an-object"],
      ["/run/app/e", "invalid", "malformed-reference"],
      ["/run/app/g", "invalid", "not-writable"],
      ["/run/app/h (../up)", "invalid", "not-a-file-name"],
      ["/run/app/i", "invalid", "not-writable"],
      ["/run/app/j", "not-found", "no-such-secret"],
    ]);
    expect(error.kind).toBe("configuration");
    expect(error.message).toContain("/run/app/a: secret://prod/no is not for you");
    expect(JSON.stringify([error.message, error.failures])).not.toContain("SECRET-7f3a");
  });

  it("also where templates fail, each with its place", async () => {
    const template = (text: string, path: string): PlannedFile =>
      file({ format: "go-template", store: "vault", template: text, missingKey: "error" }, { path });
    const { failures } = await refusal(
      render([
        template('{{ secret "gone" }}{{ secret "no" }}', "/run/app/a"),
        template('a\n{{ (secret "db").Data.nope }}', "/run/app/b"),
        template("{{ file }}", "/run/app/c"),
        template('{{ secret "pki/issue" "cn=x" }}', "/run/app/d"),
        template('{{ secrets "list/" }}', "/run/app/e"),
      ]),
    );
    expect(failures.map(({ label, reference, reason }) => [label, reference, reason])).toEqual([
      ["/run/app/a", "secret://vault/gone", "no-such-secret"],
      ["/run/app/a", "secret://vault/no", "forbidden"],
      ["/run/app/b", expect.stringMatching(/^template at 2:/), "template"],
      ["/run/app/c", "template at 1:4", "template"],
      ["/run/app/d", "secret://vault/pki/issue", "template-writes"],
      ["/run/app/e", expect.stringMatching(/^template at 1:/), "template"],
    ]);
  });

  it("but for a file that is optional, whose secret does not exist", async () => {
    const gone = file(
      { format: "raw", text: "${secret://prod/text}${secret://prod/gone}" },
      { optional: true },
    );
    expect(await render([gone])).toEqual({});
    const denied = file(
      { format: "raw", text: "${secret://prod/no}${secret://prod/gone}" },
      { optional: true },
    );
    expect((await refusal(render([denied]))).kind).toBe("denied");
  });
});

describe("files 1.5 and what they read is known before", () => {
  it("but for what a template computes", () => {
    const planned = (content: PlannedContent) => {
      const { certain, possible, hasMore } = fileReferences(file(content));
      return [certain.map(({ path }) => path), possible.map(({ path }) => path), hasMore];
    };
    const template = (text: string) => planned({ format: "go-template", store: "v", template: text });
    expect(template('{{ secret "a?version=2" }}{{ if true }}{{ secret "b" }}{{ end }}')).toEqual([
      ["a"],
      ["b"],
      false,
    ]);
    expect(template('{{ secret (print "a" "b") }}')).toEqual([[], [], true]);
    expect(template('{{ secret "a" "k=v" }}')).toEqual([[], [], true]);
    expect(planned({ format: "pkcs12", text: "secret://s/a", password: "secret://s/b" })).toEqual([
      ["a", "b"],
      [],
      false,
    ]);
    expect(
      planned({ format: "json", entries: { a: "x${secret://s/a}" }, spread: [{ from: "secret://s/b" }] }),
    ).toEqual([["b", "a"], [], false]);
  });
});
