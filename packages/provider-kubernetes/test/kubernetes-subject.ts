import type { DelegatedIdentity } from "@sluice/core";
import type { Subject, Workload } from "@sluice/provider-conformance";
import type { RunningKubernetes } from "../../../test/servers/kubernetes.js";
import { startGateway } from "../../../test/servers/kubernetes-gateway.js";
import { kubernetes } from "../src/index.js";
import { ClusterAdmin } from "./cluster-admin.js";

const FIELD = "value";
const PAGE = 500;

/** A namespace of its own in a cluster, reached through a gateway that counts. */
export async function kubernetesSubject(cluster: RunningKubernetes): Promise<Subject> {
  const admin = new ClusterAdmin(cluster);
  const gateway = await startGateway(cluster);
  const [namespace, foreign] = [await admin.namespace(), await admin.namespace()];
  const storeOf = async (address: string, token: string) =>
    kubernetes({ namespace, kubeconfig: await admin.kubeconfig(address, token) });
  const store = await storeOf(gateway.address, cluster.adminToken);
  const write = async (path: string, text: string | Uint8Array): Promise<void> =>
    admin.write(namespace, path, { [FIELD]: text });
  const workload = async (name: string): Promise<Workload> => {
    const getToken = await admin.account(namespace, name);
    const subject = `system:serviceaccount:${namespace}:${name}`;
    const identity: DelegatedIdentity = { kind: "delegated", cacheKey: subject, subject, getToken };
    await write(name, `the secret of ${name}`);
    await admin.grant(namespace, { account: name }, ["get"], [name]);
    return { identity, path: name, text: `the secret of ${name}` };
  };
  const unusable = async () => storeOf(gateway.address, "wrong");
  return {
    provider: kubernetes,
    store,
    field: FIELD,
    path: (label) => label.toLowerCase(),
    write,
    remove: async (path) => admin.remove(namespace, path),
    holdsEmpty: true,
    writeBytes: write,
    largestBytes: 1024 * 1024,
    writeFields: async (path, fields) => admin.write(namespace, path, fields),
    versioned: true,
    reads: () => gateway.requests.filter((request) => /^GET .*\/secrets\b/.test(request)).length,
    outside: async (text) => {
      await admin.write(foreign, "outside", { [FIELD]: text });
      return [
        `${foreign}/outside`,
        `../../${foreign}/secrets/outside`,
        `..%2f..%2f${foreign}%2fsecrets%2foutside`,
      ];
    },
    denied: async (text) => {
      await write("denied", text);
      return { path: "denied", store: await storeOf(gateway.address, cluster.limitedToken) };
    },
    withheld: async (text) => {
      await write("withheld", text);
      return { path: "withheld", store: await storeOf(gateway.address, cluster.limitedToken) };
    },
    malformed: async (text) => {
      // The API server keeps such data out; another that is taken for one may not.
      gateway.intercept = ({ url = "" }, response) => {
        if (!url.endsWith("/malformed")) return false;
        const metadata = { name: "malformed", resourceVersion: "1" };
        response.end(JSON.stringify({ metadata, data: { [FIELD]: { text } } }));
        return true;
      };
      return { path: "malformed" };
    },
    throttled: async () => {
      gateway.intercept = (_, response) => {
        response.writeHead(429, { "retry-after": "3" }).end();
        return true;
      };
      return { path: "throttled", retryAfterMs: 3000 };
    },
    unreachable: async () => ({ path: "any", store: await storeOf("http://127.0.0.1:1", "x") }),
    hanging: async () => {
      let underWay = 0;
      const silent = await startGateway(cluster);
      silent.intercept = ({ socket }) => {
        underWay++;
        socket.once("close", () => underWay--);
        return true;
      };
      return { path: "any", store: await storeOf(silent.address, "x"), underWay: () => underWay };
    },
    manyPages: async () => {
      const paths = Array.from({ length: PAGE + 1 }, (_, at) => `many-${at}`);
      for (let at = 0; at < paths.length; at += 20)
        await Promise.all(paths.slice(at, at + 20).map(async (path) => write(path, path)));
      return paths;
    },
    brokenListing: async () => {
      for (let at = 0; at <= PAGE; at++) await write(`broken-${at}`, "");
      gateway.intercept = ({ url = "" }, response) => {
        if (!url.includes("continue=")) return false;
        response.writeHead(500).end();
        return true;
      };
      return store;
    },
    unstorable: (text) => Buffer.from(JSON.stringify({ [FIELD]: text.padEnd(2 ** 20 + 1) })),
    workloads: async () => [await workload("web"), await workload("job")],
    unusable,
    [Symbol.asyncDispose]: async () => {
      await gateway.stop();
      await admin[Symbol.asyncDispose]();
    },
  };
}
