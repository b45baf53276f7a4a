import { REFERENCE } from "@sluice/cli";
import { loadDialect } from "@sluice/core/dialect";
import { afterAll, describe, expect, it } from "vitest";
import { readObjectsSettings } from "../../packages/webhook/src/mode/objects-settings.js";
import { settingsSchema } from "../../packages/webhook/src/mode/settings-file.js";
import { readDialectSettings } from "../../packages/webhook/src/mode/webhook-settings.js";
import { createWorkspace } from "../support/workspace.js";
import { type CodeBlock, codeBlocks } from "./pages.js";

const dialects = REFERENCE.dialects ?? [];
const definitions = await Promise.all(dialects.map(loadDialect));
const sections = new Set(Object.keys(settingsSchema(definitions)["properties"] ?? {}));

/** A file that a first line names, whose sections are called as some of the settings are. */
const OTHER_FILE = /^# serve\.yaml\b/;

const mappings = codeBlocks("yaml")
  .filter(({ code }) => !OTHER_FILE.test(code))
  .map(({ where, code }) => ({ where, code, keys: keysOf(code) }))
  .filter(({ keys }) => !["apiVersion", "stores", "metadata", "spec"].some((key) => keys.includes(key)));

const ofObjects = mappings.filter(({ keys }) => keys.includes("policy"));
const ofWebhook = mappings.filter(
  (block) => !ofObjects.includes(block) && block.keys.some((key) => sections.has(key)),
);

/** Keys at the top, by their lines: what is no YAML is not to get away. */
function keysOf(code: string): string[] {
  return Array.from(code.matchAll(/^"?([\w-]+)"?:/gm), ([, key = ""]) => key);
}

const cases = (blocks: readonly CodeBlock[]): [where: string, code: string][] =>
  blocks.map(({ where, code }) => [where, code]);

describe("examples of settings", () => {
  const workspace = createWorkspace();
  const parts = { directory: workspace.path, dialects };
  afterAll(() => workspace[Symbol.dispose]());

  it("are found where pages have them", () => {
    const pages = new Set([...ofWebhook, ...ofObjects].map(({ where }) => where.replace(/:\d+$/, "")));
    expect(Array.from(pages)).toEqual(
      expect.arrayContaining(["docs/migrate.md", "docs/objects.md", "docs/webhook.md"]),
    );
  });

  it.each(cases(ofWebhook))("of the webhook are such: %s", async (_, code) => {
    workspace.write("webhook.yaml", code);
    await expect(readDialectSettings(parts, { settings: "webhook.yaml" })).resolves.toBeDefined();
  });

  it.each(cases(ofObjects))("of what fills objects are such: %s", async (_, code) => {
    workspace.write("objects.yaml", code);
    await expect(readObjectsSettings(parts, "objects.yaml")).resolves.toBeDefined();
  });
});
