import { readFileSync } from "node:fs";
import { REFUSALS } from "@sluice/broker";
import { BUILT_IN_PROVIDERS } from "@sluice/cli";
import { composeConfigSchema } from "@sluice/config";
import { ERROR_CODES, loadProvider } from "@sluice/core";
import { SYNC_REASONS } from "@sluice/crd-sync";
import { STATUS_OF_KIND } from "@sluice/protocol";
import { describe, expect, it } from "vitest";

const text = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

describe("what is published", () => {
  it("the schema of sluice.yaml is what the providers say (else run: pnpm schema)", async () => {
    const providers = await Promise.all(BUILT_IN_PROVIDERS.map(loadProvider));
    expect(JSON.parse(text("packages/cli/sluice.schema.json"))).toEqual(composeConfigSchema(providers));
  });

  it("every reason that a broker refuses for is explained, with its status", () => {
    const rows = text("docs/broker.md").matchAll(/^\| `([a-z-]+)` +\| (\d{3}) +\|/gm);
    const explained = Object.fromEntries(Array.from(rows, ([, reason, status]) => [reason, Number(status)]));
    const reasons = Object.entries(REFUSALS).map(([reason, [kind, , status = STATUS_OF_KIND[kind]]]) => [
      reason,
      status,
    ]);
    expect(explained).toEqual(Object.fromEntries(reasons));
  });

  it("every reason that a sync is as it is for is explained", () => {
    const rows = text("docs/sync.md").matchAll(/^\| `([A-Z][A-Za-z]+)` +\|/gm);
    expect(Array.from(rows, ([, reason]) => reason)).toEqual(SYNC_REASONS);
  });

  it("every error code is explained", () => {
    const explained = text("docs/errors.md").match(/SLU\d{4}/g);
    expect(explained?.sort()).toEqual(Object.keys(ERROR_CODES).sort());
  });

  it.each(Object.keys(ERROR_CODES))("%s has a page for sluice help, and says what to do", (code) => {
    const [title, , ...lines] = text(`packages/injector/help/${code}.md`).split("\n");
    expect(title).toMatch(new RegExp(`^# ${code}: [A-Z].*[^.]$`));
    expect(lines.join("").length).toBeGreaterThan(80);
  });
});
