import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import * as runner from "vitest";
import type { Unavailable } from "../../../servers/shared/server.js";
import { type Finished, sluice } from "../../../support/sluice.js";
import { createWorkspace } from "../../../support/workspace.js";
import type { CliSubject, StoreSetup } from "./cli-subject.js";

const { afterAll, beforeAll, describe, expect, it } = runner;

const TEXT = 'p4ss "wörd"\nof two lines';
const SHOW = ["--", process.execPath, "-e", "process.stdout.write(process.env.A + '|' + process.env.B)"];

/**
 * Describes what the `sluice` binary does with a store on a real server. Where there is no server the tests are
 * reported as skipped, and why is said loudly. A test file awaits it at its top level.
 */
export async function describeCommands(
  title: string,
  open: () => Promise<CliSubject | Unavailable>,
): Promise<void> {
  const subject = await open();
  if ("kind" in subject) {
    process.stderr.write(`\nSKIPPED: sluice with ${title}: ${subject.reason}\n\n`);
    describe.skip(`sluice with ${title}`, () => it(`is not tested: ${subject.reason}`, () => undefined));
    return;
  }
  describe(`sluice with ${title}`, () => define(subject));
}

function define(subject: CliSubject): void {
  const workspace = createWorkspace();
  const { store, refused, unset, field, misspelt } = subject;
  const read = (path: string): string => `secret://s/${path}${field === undefined ? "" : `#${field}`}`;
  const [known, missing] = [subject.path("known"), subject.path("missing")];
  afterAll(async () => {
    await subject[Symbol.asyncDispose]();
    workspace[Symbol.dispose]();
  });
  beforeAll(async () => subject.write(known, TEXT));

  /** Runs a command with that store, and variables A and B that refer to it. */
  async function run(
    args: readonly string[],
    { setup = store, path = known, input }: { setup?: StoreSetup; path?: string; input?: string } = {},
  ): Promise<Finished> {
    const env = { A: read(path), B: `<\${${read(path)}}>` };
    // JSON is YAML, and the resolver need not wait for what the tests know to be down.
    workspace.write(
      "sluice.yaml",
      JSON.stringify({ stores: { s: setup.options }, env, resolver: { attempts: 2 } }, undefined, 2),
    );
    const given = input === undefined ? {} : { input };
    const finished = await sluice(args, { cwd: workspace.path, env: setup.env, ...given });
    if (finished.code !== 0) expect(finished.stdout + finished.stderr).not.toContain("p4ss");
    return finished;
  }
  const input = (text: string): string => (field === undefined ? text : JSON.stringify({ [field]: text }));

  it("run: fills the environment", async () => {
    const { code, stdout, stderr } = await run(["run", ...SHOW]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe(`${TEXT}|<${TEXT}>`);
  });

  it("read: prints the value and nothing else", async () => {
    expect(await run(["read", read(known)])).toMatchObject({ code: 0, stdout: TEXT, stderr: "" });
  });

  it("list: names secrets, never values", async () => {
    const { code, stdout } = await run(["list", "--prefix", known, "-o", "json"]);
    expect(code).toBe(0);
    const listed = JSON.parse(stdout) as { reference: string; path: string }[];
    expect(listed.map(({ path }) => path)).toContain(known);
    expect(stdout).not.toContain("p4ss");
  });

  it("put and delete: change what is there, once", async () => {
    const path = subject.path("written");
    const reference = `secret://s/${path}`;
    const first = await run(["put", "--if-absent", reference], { input: input(TEXT) });
    expect(first).toMatchObject({ code: 0, stdout: "" });
    expect(first.stderr).toMatch(/created, version \S+\n$/);
    expect(await subject.read(path)).toBe(TEXT);
    const again = await run(["put", "--if-absent", reference], { input: input("other") });
    expect(again.code).toBe(78);
    expect(again.stderr).toContain("there is a value already");
    expect(await subject.read(path)).toBe(TEXT);
    expect(await run(["put", reference], { input: input("other") })).toMatchObject({ code: 0 });
    expect(await subject.read(path)).toBe("other");
    expect(await run(["delete", reference])).toMatchObject({ code: 0 });
    expect(await subject.read(path)).toBeUndefined();
    expect((await run(["delete", reference])).code).toBe(66);
  });

  it("doctor: is content", async () => {
    const { code, stdout } = await run(["doctor", "-o", "json"]);
    const findings = JSON.parse(stdout) as { aspect: string; status: string; message: string }[];
    expect(findings.filter(({ status }) => status === "failed")).toEqual([]);
    expect(code).toBe(0);
    const wanted = ["reachable", "authenticated", "readable", "clock"];
    expect(findings.map(({ aspect }) => aspect)).toEqual(expect.arrayContaining(wanted));
  });

  describe("fails", () => {
    it("with 66 for what is not there, and starts nothing", async () => {
      const ran = await run(["run", ...SHOW], { path: missing });
      expect(ran).toMatchObject({ code: 66, stdout: "" });
      expect(ran.stderr).toContain(
        "SLU2001: 2 references could not be resolved; the command was not started",
      );
      expect(ran.stderr).toContain(read(missing));
      expect((await run(["read", read(missing)])).code).toBe(66);
      expect((await run(["doctor"], { path: missing })).code).toBe(66);
    });

    it("with 69 when nobody answers, and says what to check", async () => {
      const setup = await subject.at("http://127.0.0.1:1");
      for (const args of [["run", ...SHOW], ["read", read(known)], ["list"], ["doctor"]]) {
        const { code, stdout, stderr } = await run(args, { setup });
        expect([args[0], code]).toEqual([args[0], 69]);
        expect(stdout + stderr).toMatch(/Check /);
      }
      // Nothing is asked of it, so nothing can fail.
      expect((await run(["explain"], { setup })).code).toBe(0);
    });

    it("with 75 when the answer takes too long", async () => {
      const silent = createServer().listen(0, "127.0.0.1");
      await once(silent, "listening");
      // On a busy machine the SDK takes seconds to load, and then there is still to be time to connect.
      const sockets = new Set<{ destroy(): void }>();
      silent.on("connection", (socket) => sockets.add(socket.on("error", () => undefined)));
      try {
        const setup = await subject.at(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`);
        const ran = await run(["run", "--timeout", "5s", ...SHOW], { setup });
        expect(ran).toMatchObject({ code: 75, stdout: "" });
        expect(sockets.size).toBeGreaterThan(0);
      } finally {
        for (const socket of sockets) socket.destroy();
        silent.close();
      }
    });

    it.each(Object.entries(refused))(
      "with 77 when %s are refused, and says what to grant",
      async (_, setup) => {
        const listing = [["list"], ["list", "--prefix", known]];
        for (const args of [["run", ...SHOW], ["read", read(known)], ...listing]) {
          const { code, stdout, stderr } = await run(args, { setup });
          expect([args[0], code, stdout]).toEqual([args[0], 77, ""]);
          expect(stderr).toMatch(/(?:is|was) refused/);
        }
        const put = await run(["put", `secret://s/${known}`], { setup, input: input("other") });
        expect(put.code).toBe(77);
        expect((await run(["delete", `secret://s/${known}`], { setup })).code).toBe(77);
        expect(await subject.read(known)).toBe(TEXT);
        const { code, stdout } = await run(["doctor", "-o", "json"], { setup });
        expect(code).toBe(77);
        const failed = (JSON.parse(stdout) as { status: string; remedy?: string }[]).filter(
          ({ status }) => status === "failed",
        );
        expect(failed.length).toBeGreaterThan(0);
        expect(failed.filter(({ remedy }) => !remedy)).toEqual([]);
      },
    );

    it.each(unset === undefined ? [] : [unset])(
      "when its credential is missing, and names it",
      async (missing) => {
        const { setup, code: expected, names } = missing;
        for (const args of [["run", ...SHOW], ["read", read(known)], ["list"], ["doctor"]]) {
          const { code, stdout, stderr } = await run(args, { setup });
          expect([args[0], code]).toEqual([args[0], expected]);
          expect(stdout + stderr).toContain(names);
          expect(stdout + stderr).not.toContain("cannot be reached");
        }
      },
    );

    it("with 78 for a misspelt option, and names its line", async () => {
      const [written, meant] = misspelt;
      const { provider, ...options } = store.options;
      const setup = { ...store, options: { provider, [written]: "x", ...options } };
      const ran = await run(["run", ...SHOW], { setup });
      expect(ran).toMatchObject({ code: 78, stdout: "" });
      expect(ran.stderr).toBe(
        `sluice: SLU1103: sluice.yaml:5:7: unknown key "${written}"\n  → Did you mean "${meant}"?\n`,
      );
    });
  });
}
