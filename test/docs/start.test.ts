import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { shell } from "../support/sluice.js";
import { createWorkspace } from "../support/workspace.js";
import { codeBlocks } from "./pages.js";

const PAGE = ["docs/start.md"];
const yaml = codeBlocks("yaml", PAGE).map(({ code }) => code);
/** Blocks that need no cluster and no clone: those are tried by test/e2e/deploy and test/e2e/quickstart. */
const scripts = codeBlocks("sh", PAGE).filter(({ code }) => !/^(?:kubectl|npm) /m.test(code));

describe("the first quarter of an hour, as its page tells it", () => {
  const workspace = createWorkspace();
  afterAll(() => workspace[Symbol.dispose]());

  it("has its steps on a machine, with a store, and with a manifest", () => {
    expect(scripts.map(({ code }) => code.split(" ", 2)[1])).toEqual(["init", "init", "lint"]);
  });

  it("every command does what it is said to do, one after the other in one shell", async () => {
    const pod = yaml.find((code) => code.includes("kind: Pod")) ?? "";
    workspace.write("pod.yaml", pod);
    const [machine = "", store = "", manifest = ""] = scripts.map(({ code }) => code);
    const { code, stdout, stderr } = await shell(
      [
        "set -e",
        'sluice() { "$NODE" "$SLUICE" "$@"; }',
        machine,
        "echo STORE",
        // The vault is the reader's own: nobody's is asked here, and doctor looks at the store on this machine.
        store.replace("sluice doctor", "(cd ../shop && sluice doctor)"),
        "cd ..",
        "echo MANIFEST",
        manifest,
      ].join("\n"),
      { cwd: workspace.path },
    );
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
    const [onMachine = "", withStore = "", ofManifest = ""] = stdout.split(/^(?:STORE|MANIFEST)$/m);
    expect(onMachine).toContain("secret://dev/GREETING");
    // What printenv printed: the made-up secret of the file.
    const greeting = /^GREETING=(.*)$/m
      .exec(workspace.read("shop/secrets.env"))?.[1]
      ?.replaceAll(/["']/g, "");
    expect(greeting?.length).toBeGreaterThan(1);
    expect(onMachine.trimEnd().split("\n").at(-1)).toBe(greeting);
    expect(withStore).toMatch(/^DB_PASSWORD +secret .* secret:\/\/azure\/db-password$/m);
    expect(withStore).toMatch(/^dev +readable +ok/m);
    expect(ofManifest).toContain("DATABASE_URL");
    expect(ofManifest).toContain("secret://prod/db#url");
  });

  it("init writes the configuration that the page shows", () => {
    const shown: unknown = parse(yaml.find((code) => code.startsWith("stores:")) ?? "");
    expect(parse(workspace.read("shop/sluice.yaml"))).toEqual(shown);
  });
});
