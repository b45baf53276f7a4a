import { describe, expect, it } from "vitest";
import type { VaultReply } from "../transport/vault-reply.js";
import { MountTable } from "./mount-table.js";

const never = new AbortController().signal;

function tableOf(answer: (path: string) => VaultReply, kvVersion?: 1 | 2) {
  const asked: string[] = [];
  const ask = async ({ path }: { path: string }): Promise<VaultReply> => {
    asked.push(path);
    return answer(path);
  };
  return { asked, table: new MountTable(ask, kvVersion) };
}

const engine = (path: string, type = "kv"): VaultReply => ({
  status: 200,
  body: { data: { path, type, options: { version: "2" } } },
});
const refused: VaultReply = { status: 403, body: { errors: ["preflight capability check returned 403"] } };

describe("MountTable", () => {
  it("asks once for an engine, also of many at once", async () => {
    const { asked, table } = tableOf(() => engine("secret/"));
    const paths = Array.from({ length: 20 }, (_, at) => `secret/${at}`);
    const mounts = await Promise.all(paths.map(async (path) => table.find(path, never)));
    expect(new Set(mounts.map(({ path, kind }) => `${path} ${kind}`))).toEqual(new Set(["secret/ kv2"]));
    await table.find("secret/later", never);
    expect(asked).toHaveLength(1);
  });

  it("tells apart engines whose paths begin alike", async () => {
    const { table } = tableOf((path) => engine(path.includes("team/a/") ? "team/a/" : "team/b/"));
    const paths = ["team/a/x", "team/b/x", "team/a/y", "team/b/y"];
    const mounts = await Promise.all(paths.map(async (path) => table.find(path, never)));
    expect(mounts.map(({ path }) => path)).toEqual(["team/a/", "team/b/", "team/a/", "team/b/"]);
  });

  it("does not know what the server refuses to tell, and asks again", async () => {
    const { asked, table } = tableOf(() => refused);
    expect(await table.find("secret/a", never)).toEqual({ path: "secret/", kind: "unknown" });
    const before = asked.length;
    await table.find("secret/a", never);
    expect(asked.length).toBeGreaterThan(before);
  });

  it.each([
    [1, "kv1"],
    [2, "kv2"],
  ] as const)("goes by kvVersion %d where the server refuses to tell", async (kvVersion, kind) => {
    const { table } = tableOf(() => refused, kvVersion);
    expect(await table.find("secret/a", never)).toEqual({ path: "secret/", kind });
  });

  it.each([
    [{ status: 503, body: { errors: [] } }, "unavailable"],
    [{ status: 403 }, "unavailable"],
    [{ status: 200, body: {} }, "invalid"],
    [engine("team/sys/", "ns_system"), "invalid"],
  ])("passes on %j as a failure", async (reply, status) => {
    const { table } = tableOf(() => reply);
    await expect(table.find("team/sys/x", never)).rejects.toMatchObject({ failure: { status } });
  });
});
