import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { createSecretResolver, formatReference } from "@sluice/core";
import { file } from "@sluice/provider-file";
import { afterAll, describe, expect, it } from "vitest";
import { type Finished, sluice } from "../../support/sluice.js";
import { createWorkspace } from "../../support/workspace.js";

// A value that occurs nowhere else. Eight characters of it are enough to be a leak, in any encoding.
const CANARY = `canary${randomBytes(24).toString("hex")}`;
const TRACES = [CANARY, Buffer.from(CANARY).toString("base64"), Buffer.from(CANARY).toString("hex")];

function tracesIn(text: string): string[] {
  return TRACES.flatMap((trace) =>
    Array.from({ length: trace.length - 15 }, (_, start) => trace.slice(start, start + 16)),
  ).filter((piece) => text.includes(piece));
}

const workspace = createWorkspace({
  "sluice.yaml": `stores:
  env: { provider: file, path: ./a.env }
  json: { provider: file, path: ./a.json }
  yaml: { provider: file, path: ./a.yaml }
  dir: { provider: file, path: ./dir }
  broken-env: { provider: file, path: ./broken.env }
  broken-json: { provider: file, path: ./broken.json }
  broken-yaml: { provider: file, path: ./broken.yaml }
env:
  A: secret://env/KEY
  B: "x\${secret://json/db#password}y"
  PLAIN: ${CANARY}
`,
  "a.env": `KEY=${CANARY}\nNUL_FREE=1\n`,
  "a.json": JSON.stringify({ db: { password: CANARY, number: 1 }, list: [CANARY], null: null }),
  "a.yaml": `db:\n  password: ${CANARY}\n`,
  "dir/key": CANARY,
  "dir/binary": Buffer.concat([Buffer.of(0xff, 0), Buffer.from(CANARY)]),
  "broken.env": `KEY=${CANARY}\n${CANARY}\nKEY="${CANARY}\n`,
  "broken.json": `{ "key": "${CANARY}", ${CANARY} }`,
  "broken.yaml": `key: "${CANARY}" "${CANARY}"\n  - *${CANARY}\n`,
  "bad.env": `OK=1\nBAD="${CANARY}" ${CANARY}\n`,
  "bad.yaml": `stores: {}\nresolver: { timeout: ${CANARY} }\nenv: { X: [${CANARY}] }\n`,
  "worse.yaml": `stores: { "${CANARY} }\n`,
  "bad.tpl": `password: ${CANARY} \${secret://env/KEY \n`,
});
const { path: cwd } = workspace;
mkdirSync(join(cwd, "not-a-file.env"));
afterAll(() => workspace[Symbol.dispose]());

/** What an app is handed is its own affair; everything else that is printed is ours. */
const QUIET = ["--", process.execPath, "-e", "process.exit(process.env.A.length > 8 ? 0 : 1)"];
const FAILING = { env: { FAIL: "secret://env/NOPE", ALSO: `secret://env/KEY#field`, TEXT: CANARY } };

describe("a canary in every store", () => {
  it("is found by this test when it is printed", async () => {
    const { stdout } = await sluice(["read", "secret://env/KEY"], { cwd });
    expect(tracesIn(stdout)).not.toEqual([]);
    const { stdout: export64 } = await sluice(["run", "--dry-run", "--no-masking", "true"], { cwd });
    expect(tracesIn(export64)).not.toEqual([]);
  });

  const commands: [string, readonly string[], object?][] = [
    ["run", ["run", ...QUIET]],
    ["run, dry", ["run", "--dry-run", "--", "true"]],
    [
      "run, strict",
      ["run", "--strict", "--", "true"],
      { env: { A: "secret://", B: "secret://", NOPE: "secret://" } },
    ],
    ["run, failing", ["run", ...QUIET], FAILING],
    ["run, command not found", ["run", "--", "no-such-command"]],
    ["run, not executable", ["run", "--", "./a.env"]],
    ["run, a broken env file", ["run", "--env-file", "bad.env", "--", "true"]],
    ["run, an env file that is a folder", ["run", "--env-file", "not-a-file.env", "--", "true"]],
    ["run, a broken configuration", ["run", "--config", "bad.yaml", "--", "true"]],
    ["run, a worse configuration", ["run", "--config", "worse.yaml", "--", "true"]],
    [
      "run, a reference beside plain text",
      ["run", "--", "true"],
      { env: { X: `${CANARY} \${secret://env/a b} ${CANARY}` } },
    ],
    [
      "run, an unclosed reference beside plain text",
      ["run", "--", "true"],
      { env: { X: `\${secret://env/a ${CANARY}` } },
    ],
    ...["env", "json", "yaml"].flatMap((format): [string, readonly string[]][] => [
      [`read from broken ${format}`, ["read", `secret://broken-${format}/key`]],
      [`list broken ${format}`, ["list", `broken-${format}`]],
    ]),
    ["read a missing field", ["read", "secret://json/db#nope"]],
    ["read a field of what has none", ["read", "secret://env/KEY#nope"]],
    ["read, not decodable", ["read", "secret://json/list?decode=base64"]],
    ["read null", ["read", "secret://json/null"]],
    ["export binary", ["run", "--", "true"], { env: { X: "secret://dir/binary" } }],
    ["export, failing", ["export"], FAILING],
    ["inject, failing", ["inject", "-i", "bad.tpl"]],
    ["list", ["list"]],
    ["list as JSON", ["list", "-o", "json"]],
    ["explain", ["explain"], FAILING],
    ["explain as JSON", ["explain", "-o", "json"], FAILING],
    ["explain why", ["explain", "--why", "PLAIN"]],
    ["explain why, inherited", ["explain", "--why", "TEXT"], FAILING],
    ["completion", ["__complete", "--", "list", ""]],
    ["version", ["version"]],
  ];

  it.each(commands)("is not shown by: %s", async (_, args, options = {}) => {
    const { stdout, stderr }: Finished = await sluice(args, { cwd, ...options });
    expect(tracesIn(stdout + stderr)).toEqual([]);
  });

  it("is in no event, error or inspected object of the library", async () => {
    const stores = Object.fromEntries(
      ["a.env", "a.json", "a.yaml", "dir", "broken.env", "broken.json", "broken.yaml"].map((path, index) => [
        `s${index}`,
        file({ path: join(cwd, path) }),
      ]),
    );
    await using secrets = createSecretResolver({ stores });
    const seen: unknown[] = [secrets, stores];
    const names = [
      "secret-resolved",
      "secret-failed",
      "provider-called",
      "retry-scheduled",
      "secret-changed",
    ] as const;
    for (const name of names) secrets.on(name, (event) => seen.push(event));
    const paths = ["KEY", "key", "db", "db/password", "binary", "list", "null", "NOPE"];
    const keys = [undefined, "password", "nope"];
    const references = Object.keys(stores).flatMap((store) =>
      paths.flatMap((path) =>
        keys.map((key) => formatReference({ store, path, ...(key !== undefined && { key }) })),
      ),
    );
    const outcomes = await secrets.settle(references);
    seen.push(outcomes, await secrets.getAll(references).catch((error: unknown) => error));
    expect(outcomes.filter(({ status }) => status === "found").length).toBeGreaterThan(4);
    expect(seen.length).toBeGreaterThan(references.length);
    const shown = inspect(seen, {
      depth: Infinity,
      showHidden: true,
      maxArrayLength: null,
      maxStringLength: null,
      getters: true,
    });
    expect(tracesIn(shown + JSON.stringify(seen))).toEqual([]);
  });
});
