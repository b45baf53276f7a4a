// Does what an API server does when a pod is created: asks the webhook over TLS, and carries out its patch.
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { request } from "node:https";
import { createRequire } from "node:module";
import { json } from "node:stream/consumers";
import { formatDiff, unifiedDiff } from "../../../packages/cli/dist/explain/format-diff.js";
import { applyOperations } from "../../../packages/webhook/dist/offline/apply-operations.js";
import { isColoured, say } from "./narrator.mjs";

const { parseDocument } = createRequire(new URL("../../../packages/cli/package.json", import.meta.url))(
  "yaml",
);

/** Shows what the webhook at `address` makes of a manifest, and gives the pod. */
export async function admitPod(manifest, address, ca) {
  const document = parseDocument(manifest);
  const before = document.toString({ lineWidth: 0 });
  const response = await ask(address, ca, document.toJS());
  if (!response.allowed) throw new Error(`The webhook denies the pod: ${response.status?.message}`);
  const operations = JSON.parse(Buffer.from(response.patch ?? "W10=", "base64").toString());
  applyOperations(document, [], operations);
  const diff = unifiedDiff("pod.yaml", before, document.toString({ lineWidth: 0 }));
  say(formatDiff(shortened(diff), isColoured).trimEnd());
  return document.toJS();
}

async function ask(address, ca, pod) {
  const outgoing = request(`https://${address}/mutate`, {
    method: "POST",
    ca,
    agent: false,
    timeout: 30_000,
    headers: { "content-type": "application/json" },
  });
  outgoing.on("timeout", () => outgoing.destroy(new Error("The webhook does not answer")));
  outgoing.end(JSON.stringify(reviewOf(pod)));
  const [answer] = await once(outgoing, "response");
  return (await json(answer)).response;
}

function reviewOf(pod) {
  const { namespace, name } = pod.metadata;
  const kind = { group: "", version: "v1" };
  return {
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid: randomUUID(),
      operation: "CREATE",
      namespace,
      name,
      kind: { ...kind, kind: "Pod" },
      resource: { ...kind, resource: "pods" },
      object: pod,
    },
  };
}

/** Members of added containers that are long, and the same for each. */
const LONG = /^\+(?<indent> *)(?:- )?(?:resources|securityContext|startupProbe|projected):$/;

/** What is long is cut: plans, which are one line and pin a certificate, and members that every added container has. */
function shortened(diff) {
  const kept = [];
  let cut;
  for (const line of diff.split("\n")) {
    const isWithin = cut !== undefined && line.startsWith(`+${cut} `);
    if (isWithin) continue;
    cut = LONG.exec(line)?.groups.indent;
    const shown = cut === undefined ? line : `${line} …`;
    kept.push(shown.length > 100 ? `${shown.slice(0, 99)}…` : shown);
  }
  return kept.join("\n");
}
