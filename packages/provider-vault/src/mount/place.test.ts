import { describe, expect, it } from "vitest";
import type { VaultReply } from "../transport/vault-reply.js";
import { MountTable } from "./mount-table.js";
import { placeOf } from "./place.js";

const { signal } = new AbortController();
const OPTIONS = { version: "2" };

/** A table of a server with these engines, and what it was asked. */
function tableOf(engines: Record<string, object>): { mounts: MountTable; asked: string[] } {
  const asked: string[] = [];
  const ask = async ({ path }: { readonly path: string }): Promise<VaultReply> => {
    asked.push(path);
    const mounted = Object.entries(engines).find(([mount]) => path.includes(`/mounts/${mount}`));
    if (mounted === undefined) return { status: 403, body: { errors: [] } };
    return { status: 200, body: { data: { path: mounted[0], ...mounted[1] } } };
  };
  return { mounts: new MountTable(ask, undefined), asked };
}

describe("placeOf", () => {
  it("takes a question mark for the beginning of what an engine is handed, which mounts are not asked by", async () => {
    const { mounts, asked } = tableOf({ "pki/": { type: "pki" } });
    expect(await placeOf(mounts, "pki/issue/web?a=/x//../y&b=?", signal)).toEqual({
      mount: { path: "pki/", kind: "pki" },
      below: "issue/web",
      parameters: { a: "/x//../y", b: "?" },
    });
    expect(asked).toEqual(["sys/internal/ui/mounts/pki/issue/web"]);
  });

  it("takes it for a part of a name in a key-value engine, and where the engine is not known", async () => {
    const { mounts } = tableOf({ "kv/": { type: "kv", options: OPTIONS } });
    for (const below of ["what?a=1", "?", "data/x?y"])
      expect(await placeOf(mounts, `kv/${below}`, signal)).toEqual({
        mount: { path: "kv/", kind: "kv2" },
        below: below.replace("data/", ""),
      });
    expect(await placeOf(mounts, "other/a?b=1", signal)).toEqual({
      mount: { path: "other/", kind: "unknown" },
      below: "a?b=1",
    });
  });

  it.each(["kv/a?b//c", "kv/a?/../b", "pki/?a=1", "pki/../sys/x?a=1", "sys/mounts?a=1", "pki/a?b"])(
    "refuses %s",
    async (path) => {
      const { mounts } = tableOf({ "kv/": { type: "kv", options: OPTIONS }, "pki/": { type: "pki" } });
      await expect(placeOf(mounts, path, signal)).rejects.toThrow(/bad-path/);
    },
  );
});
