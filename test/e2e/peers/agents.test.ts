import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Pod } from "@sluice/core/pod";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { AgentWorld } from "../sidecar/agent-world.js";
import { ask, must } from "../webhook/support.js";
import { type Node, runPod } from "./mini-kubelet.js";

const FOLDER = fileURLToPath(new URL("../../fixtures/peers/agents", import.meta.url));

interface AgentPeer {
  readonly name: string;
  readonly manifest: string;
  /** What the server holds, by path below `secret/`. */
  readonly secrets?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Role of the engine `database` that issues. */
  readonly issues?: string;
  /** Whether the namespace has the identifiers of an AppRole, in the Secret `approle`. */
  readonly appRole?: true;
  /** By container: a pattern of all it prints. */
  readonly expect: Readonly<Record<string, string>>;
}

const PEERS = parse(readFileSync(join(FOLDER, "index.yaml"), "utf8")) as readonly AgentPeer[];

/** The pod that a workload's controller would make of its template. */
function podOf({ manifest }: AgentPeer): Pod {
  const [document] = parseAllDocuments(readFileSync(join(FOLDER, manifest), "utf8"));
  const object = document?.toJS() as { readonly kind: string; readonly spec: { readonly template?: Pod } };
  return object.kind === "Pod" ? (object as unknown as Pod) : (object.spec.template as Pod);
}

await describeOnKubernetes("manifests of injectors that put agents into pods", (cluster) => {
  let world: AgentWorld;
  let node: Node;

  beforeAll(async () => {
    world = await AgentWorld.open(cluster);
    const { roots } = world.node.runtime;
    const images = { "busybox:1.28": { root: roots.debian }, "everpeace/curl-jq": { root: roots.musl } };
    node = { ...world.node, images: { ...world.node.images, ...images } };
  }, 300_000);
  afterAll(async () => world?.[Symbol.asyncDispose]());

  /** What an operator of the peer puts into a namespace. */
  async function bringAppRole(namespace: string): Promise<void> {
    const of = async (method: string, path: string): Promise<Record<string, string>> => {
      const body = method === "POST" ? {} : undefined;
      const answer = await world.vault.api(method, `auth/approle/role/app/${path}`, body);
      return (answer as { readonly data: Record<string, string> }).data;
    };
    const stringData = {
      "role-id": (await of("GET", "role-id"))["role_id"],
      "secret-id": (await of("POST", "secret-id"))["secret_id"],
    };
    const secret = { metadata: { name: "approle" }, stringData };
    await must(ask(cluster, "POST", `/api/v1/namespaces/${namespace}/secrets`, secret));
  }

  describe.each(PEERS)("$name", (peer) => {
    it("is admitted unmodified, and its containers read what they ask for", async () => {
      for (const [path, data] of Object.entries(peer.secrets ?? {}))
        await world.vault.api("POST", `secret/data/${path}`, { data });
      if (peer.issues !== undefined)
        await world.vault.api("POST", `database/roles/${peer.issues}`, { tags: "management" });
      const before = world.users();
      const namespace = await world.newNamespace();
      if (peer.appRole === true) await bringAppRole(namespace);
      const admitted = await world.admitted(podOf(peer), namespace);
      const ends = await runPod(node, admitted);
      for (const [container, pattern] of Object.entries(peer.expect)) {
        const end = ends.get(container);
        expect({ code: end?.code, stderr: end?.stderr, others: codesOf(ends) }).toMatchObject({
          code: 0,
          stderr: "",
          others: expect.not.arrayContaining([expect.stringMatching(/ [1-9]/)]) as unknown,
        });
        expect(end?.stdout).toMatch(new RegExp(pattern));
      }
      if (peer.issues === undefined) return;
      // Issued once, and given back at the end.
      const after = world.users();
      expect({ made: after.made - before.made, removed: after.removed - before.removed }).toEqual({
        made: 1,
        removed: 1,
      });
    }, 180_000);
  });
});

function codesOf(
  ends: ReadonlyMap<string, { readonly code: number; readonly stderr: string; readonly stdout: string }>,
): string[] {
  return Array.from(ends, ([name, { code, stderr, stdout }]) =>
    code === 0 ? `${name} 0` : `${name} ${code}: ${stderr}${stdout}`,
  );
}
