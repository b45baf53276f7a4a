// Stands in for a cluster's API server: it answers the two questions that a broker asks one, and no other. A real one is what
// the end-to-end tests use; it takes minutes to build, and this is to take seconds.
import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:https";
import { json } from "node:stream/consumers";

const HOUR_SECONDS = 3600;

/** One pod, and the tokens that were made for it. */
export async function startStandInApi(certificate) {
  const tokens = new Map();
  let pod;

  function review({ token, audiences }) {
    const audience = tokens.get(token);
    if (audience === undefined || !audiences.includes(audience)) return { authenticated: false };
    const { name, namespace, uid } = pod.metadata;
    const extra = {
      "authentication.kubernetes.io/pod-name": [name],
      "authentication.kubernetes.io/pod-uid": [uid],
    };
    const username = `system:serviceaccount:${namespace}:${pod.spec.serviceAccountName}`;
    return {
      authenticated: true,
      audiences: [audience],
      user: { username, uid: "account", groups: [], extra },
    };
  }

  async function answer(request) {
    if (request.method === "POST" && request.url === "/apis/authentication.k8s.io/v1/tokenreviews")
      return [201, { kind: "TokenReview", status: review((await json(request)).spec) }];
    const { namespace, name } = pod?.metadata ?? {};
    if (request.method === "GET" && request.url === `/api/v1/namespaces/${namespace}/pods/${name}`)
      return [200, pod];
    return [404, { kind: "Status", status: "Failure", code: 404, reason: "NotFound" }];
  }

  async function serve(request, response) {
    try {
      const [status, body] = await answer(request);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    } catch {
      response.writeHead(500).end();
    }
  }

  const server = createServer(certificate, (request, response) => void serve(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    url: `https://127.0.0.1:${server.address().port}`,
    /** Keeps a pod as an API server does: with an identity of its own. */
    create(admitted) {
      pod = {
        ...admitted,
        metadata: { ...admitted.metadata, uid: randomUUID(), resourceVersion: "1" },
        status: { phase: "Pending", containerStatuses: [] },
      };
      return pod;
    },
    /** What a kubelet reports before each start of a container. */
    reportStart(container, restartCount) {
      const status = { name: container, restartCount, state: { waiting: { reason: "ContainerCreating" } } };
      pod.status = { phase: "Pending", containerStatuses: [status], initContainerStatuses: [status] };
    },
    /** A token for the pod and one audience, in the form of a service account's. */
    createToken(audience) {
      const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
      const exp = Math.floor(Date.now() / 1000) + HOUR_SECONDS;
      const signature = randomBytes(32).toString("base64url");
      const token = `${part({ alg: "none" })}.${part({ aud: [audience], exp })}.${signature}`;
      tokens.set(token, audience);
      return token;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** A kubeconfig that leads to it. JSON is YAML. */
export function kubeconfigOf(url, ca) {
  const trust = { "certificate-authority-data": Buffer.from(ca).toString("base64") };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "stand-in", cluster: { server: url, ...trust } }],
    users: [{ name: "demo", user: { token: "demo" } }],
    contexts: [{ name: "stand-in", context: { cluster: "stand-in", user: "demo" } }],
    "current-context": "stand-in",
  });
}
