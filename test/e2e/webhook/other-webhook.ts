import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { issueLeaf, issueRoot } from "@sluice/webhook";

/** Somebody else's mutating webhook: it adds a sidecar with a reference to every pod that has none yet. */
export async function startOtherWebhook(): Promise<{
  readonly url: string;
  readonly caBundle: string;
  readonly stop: () => Promise<void>;
}> {
  const now = Date.now();
  const root = await issueRoot("other", 86_400_000, now);
  const leaf = await issueLeaf(root, { names: [], addresses: ["127.0.0.1"], lifetimeMs: 86_400_000, now });
  const server = createServer(leaf, (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const review = JSON.parse(Buffer.concat(chunks).toString()) as Review;
      const { uid, object } = review.request;
      const has = object.spec.containers.some(({ name }) => name === "mesh");
      const mesh = {
        name: "mesh",
        image: "mesh",
        command: ["/mesh"],
        env: [{ name: "MESH_KEY", value: "secret://prod/mesh" }],
      };
      const patch = Buffer.from(
        JSON.stringify(has ? [] : [{ op: "add", path: "/spec/containers/0", value: mesh }]),
      ).toString("base64");
      const answer = { uid, allowed: true, patchType: "JSONPatch", patch };
      response
        .writeHead(200, { "content-type": "application/json" })
        .end(
          JSON.stringify({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response: answer }),
        );
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}/`,
    caBundle: Buffer.from(root.cert).toString("base64"),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

interface Review {
  readonly request: {
    readonly uid: string;
    readonly object: { readonly spec: { readonly containers: readonly { readonly name: string }[] } };
  };
}
