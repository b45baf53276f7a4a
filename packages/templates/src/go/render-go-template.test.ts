import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { parseGoTemplate } from "./parse-go-template.js";
import { renderGoTemplate, type RenderOptions } from "./render-go-template.js";
import { TemplateError } from "./template-error.js";
import type { SecretAnswer, TemplateSource } from "./template-source.js";

const SECRETS: Readonly<Record<string, SecretAnswer>> = {
  "kv/a": { data: { user: "app", next: "kv/b", password: "v4lue-of-a" } },
  "kv/b": { data: { password: "v4lue-of-b" }, wrap_info: { token: "t", ttl: 60 } },
};

/** A source that notes what it is asked for. */
function recorded(): { readonly source: TemplateSource; readonly asked: string[] } {
  const asked: string[] = [];
  const readSecret: TemplateSource["readSecret"] = (path, args) => {
    asked.push(args === undefined ? path : `${path} ${JSON.stringify(args)}`);
    return Promise.resolve(SECRETS[path]);
  };
  return { source: { readSecret }, asked };
}

async function render(text: string, options: Partial<RenderOptions> = {}): Promise<string> {
  const bytes = await renderGoTemplate(parseGoTemplate("t", text), { source: recorded().source, ...options });
  return Buffer.from(bytes).toString();
}

describe("reads", () => {
  it.each([
    [
      "once, however often it is asked for",
      '{{ (secret "kv/a").Data.user }}{{ (secret "/kv/a/").Data.user }}',
      ["kv/a"],
    ],
    [
      "a path from another secret",
      '{{ with secret "kv/a" }}{{ with secret .Data.next }}{{ .Data.password }}{{ end }}{{ end }}',
      ["kv/a", "kv/b"],
    ],
    ["nothing in a branch that is not taken", '{{ if false }}{{ secret "kv/a" "k=v" }}{{ end }}', []],
    ["nothing that and does not reach", '{{ and false (secret "kv/a" "k=v") }}', []],
    [
      "not the other branch while an answer is missing",
      '{{ with secret "kv/a" }}{{ else }}{{ secret "kv/b" "k=v" }}{{ end }}',
      ["kv/a"],
    ],
    [
      "a write with its arguments",
      '{{ with secret "kv/b" "z=1" "a=2" }}{{ end }}',
      ['kv/b {"a":"2","z":"1"}'],
    ],
  ])("%s", async (_, text, expected) => {
    const { source, asked } = recorded();
    await render(text, { source });
    expect(asked).toEqual(expected);
  });

  it("what is certain at the same time", async () => {
    const { promise: both, resolve } = Promise.withResolvers<void>();
    let waiting = 0;
    const readSecret = async (path: string): Promise<SecretAnswer | undefined> => {
      waiting += 1;
      if (waiting === 2) resolve();
      await both;
      return SECRETS[path];
    };
    const text =
      '{{ with secret "kv/a" }}{{ .Data.user }}{{ end }}{{ with secret "kv/b" }}{{ .WrapInfo.TTL }}{{ end }}';
    expect(await render(text, { source: { readSecret } })).toBe("app60");
  });

  it("with the signal, and no more once it is aborted", async () => {
    const { source, asked } = recorded();
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(render('{{ secret "kv/a" }}', { source, signal })).rejects.toThrow("enough");
    expect(asked).toEqual([]);
  });

  it("fail with what the source fails with", async () => {
    const failure = new Error("denied");
    const source = { readSecret: () => Promise.reject(failure) };
    await expect(render('{{ secret "kv/a" }}', { source })).rejects.toBe(failure);
  });

  it.each([
    ['a\n {{ secret "kv/none" }}', 'template "t", line 2, column 5: there is nothing at "kv/none"'],
    ['{{ secrets "kv" }}', "the source of secrets does not offer secrets"],
    ['{{ pkiCert "pki/issue" }}', "the source of secrets does not offer pkiCert"],
  ])("%j is an error: %s", async (text, message) => {
    await expect(render(text)).rejects.toThrow(message);
  });
});

describe("errors", () => {
  it.each([
    '{{ with secret "kv/a" }}{{ parseInt .Data.password }}{{ end }}',
    '{{ with secret "kv/a" }}{{ parseJSON .Data.password }}{{ end }}',
    '{{ with secret "kv/a" }}{{ base64Decode .Data.password }}{{ end }}',
    '{{ with secret "kv/a" }}{{ range .Data.password }}{{ end }}{{ end }}',
    '{{ with secret "kv/a" }}{{ regexMatch (print "(" .Data.password) "a" }}{{ end }}',
    '{{ with secret "kv/a" }}{{ index .Data.password .Data }}{{ end }}',
    '{{ with secret "kv/a" }}{{ .Data.password.field }}{{ end }}',
    '{{ with secret "kv/a" }}{{ eq .Data.password .Data }}{{ end }}',
    '{{ with secret "kv/a" }}{{ secret "kv/b" .Data.password }}{{ end }}',
  ])("of %j hold no value", async (text) => {
    const thrown: unknown = await render(text).catch((error: unknown) => error);
    expect(TemplateError.isInstance(thrown)).toBe(true);
    expect(inspect(thrown, { depth: Infinity, showHidden: true })).not.toContain("v4lue");
  });

  it("of data that is too deep say so", async () => {
    let data: unknown = 1;
    for (let depth = 0; depth < 500; depth += 1) data = [data];
    const source = { readSecret: () => Promise.resolve({ data: { deep: data } }) };
    await expect(render('{{ secret "kv/a" }}', { source })).rejects.toThrow(
      "is nested deeper than 200 levels",
    );
  });
});

describe("the environment", () => {
  it("is what the caller gives, and not that of the process", async () => {
    const text = '{{ env "PATH" }}|{{ env "A" }}|{{ env "constructor" }}|{{ envOrDefault "B" "b" }}';
    expect(await render(text, { env: { A: "a" } })).toBe("|a||b");
  });

  it("has one time for all passes", async () => {
    const now = new Date("2026-03-04T05:06:07.089Z");
    expect(await render('{{ timestamp }} {{ timestamp "unix" }}', { now })).toBe(
      "2026-03-04T05:06:07Z 1772600767",
    );
    expect(
      await render('{{ timestamp "Mon Jan _2 15:04:05.000 MST 2006, 3PM, 002, 02/01/06 -0700" }}', { now }),
    ).toBe("Wed Mar  4 05:06:07.089 UTC 2026, 5AM, 063, 04/03/26 +0000");
  });
});
