import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { issueRoot } from "@sluice/webhook";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { sluice } from "../../support/sluice.js";
import { createWorkspace, type Workspace } from "../../support/workspace.js";

vi.setConfig({ testTimeout: 120_000 });

const SEED = readFileSync(fileURLToPath(new URL("../../fixtures/kees/seed.yaml", import.meta.url)), "utf8");
const SETTINGS = `broker: { address: "https://10.96.4.2:8443", rootsFile: roots.pem }
launcher: { image: "example.test/launcher:1" }
writer: { image: "example.test/sluice:1" }
`;
const OTHER = `${SETTINGS}kees: { domain: acme.dev, images: { acme/init: "example.test/sluice:2" } }\n`;

let workspace: Workspace;

beforeAll(async () => {
  const { cert } = await issueRoot("roots", 86_400_000, Date.now());
  workspace = createWorkspace({
    "roots.pem": cert,
    "settings.yaml": SETTINGS,
    "other.yaml": OTHER,
    "none.yaml": `${SETTINGS}kees: { images: {} }\n`,
    "seed.yaml": SEED,
    "acme.yaml": SEED.replaceAll("bsycorp.com", "acme.dev").replace(
      "bsycorp/kees/init",
      "registry.test/acme/init",
    ),
    "wrong.yaml": SEED.replace("kind=REFERENCE", "kind=REFERENC"),
  });
});
afterAll(() => workspace[Symbol.dispose]());

async function imageIn(manifest: string, settings: string): Promise<string | undefined> {
  const { code, stdout, stderr } = await sluice(["mutate", "-f", manifest, "--settings", settings], {
    cwd: workspace.path,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { spec } = parse(stdout) as {
    readonly spec: { readonly template: { readonly spec: { readonly initContainers: { image: string }[] } } };
  };
  return spec.template.spec.initContainers[0]?.image;
}

it("replaces the init container by what writes files, or by what the settings say", async () => {
  expect(await imageIn("seed.yaml", "settings.yaml")).toBe("example.test/sluice:1");
  expect(await imageIn("acme.yaml", "other.yaml")).toBe("example.test/sluice:2");
});

it("leaves it alone where the settings say so, or map another", async () => {
  expect(await imageIn("seed.yaml", "none.yaml")).toBe("bsycorp/kees/init:latest");
  expect(await imageIn("seed.yaml", "other.yaml")).toBe("bsycorp/kees/init:latest");
});

it("says what the init container could not follow, where our image would be it", async () => {
  const lint = async (settings: string) =>
    sluice(["lint", "-f", "wrong.yaml", "--settings", settings], { cwd: workspace.path });
  const { code, stderr } = await lint("settings.yaml");
  expect(code).toBe(78);
  expect(stderr).toContain("Annotation secret.bsycorp.com/db.password has a kind that there is not");
  expect(await lint("none.yaml")).toMatchObject({ code: 0 });
});
