import { once } from "node:events";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import { BrokerWorld } from "../../test/e2e/broker/broker-world.ts";
import { startBrokerProcess } from "../../test/e2e/starts/broker-process.ts";
import { createAuthority } from "../../test/servers/faults/test-authority.ts";
import { startFaultProxy } from "../../test/servers/faults/fault-proxy.ts";
import { startKubernetes } from "../../test/servers/kubernetes.ts";
import { startVault } from "../../test/servers/vault.ts";

/** Variables by reference, of a plan with 20 secrets; each is a secret of its own. */
export const REFERENCES = Object.fromEntries(
  Array.from({ length: 20 }, (_, index) => [`SECRET_${index}`, `secret://prod/secret/s${index}#value`]),
);

/** Starts all of it. `calls` tells how many calls the provider has had since it was asked last. */
export async function openBroker({ wrapper = [], args = [] } = {}) {
  const [cluster, vault] = await Promise.all([startKubernetes(), startVault({ tls: true })]);
  for (const server of [cluster, vault]) if (server.kind === "unavailable") throw new Error(server.reason);
  const authority = await createAuthority("Benchmark");
  const proxy = await startFaultProxy({ address: vault.address, ca: vault.caCert }, await authority.issue());
  for (const name of Object.keys(REFERENCES))
    await callVault(vault, `secret/data/${name.replace("SECRET_", "s")}`, {
      data: { value: `value of ${name}` },
    });
  const world = await BrokerWorld.open(cluster);
  const caCert = await world.write("vault-ca.pem", authority.ca);
  const tokenFile = await world.write("vault-token", vault.token);
  const access = [{ namespaces: ["*"], serviceAccounts: ["*"], paths: ["**"] }];
  const options = { address: proxy.address, caCert, auth: { token: { tokenFile } } };
  const stores = { prod: { provider: "vault", options, access } };
  const start = async () => startBrokerProcess(world, { stores, wrapper, args });
  let seen = 0;
  return {
    cluster,
    vault,
    world,
    start,
    calls: () => {
      const { length } = proxy.http.calls;
      const since = length - seen;
      seen = length;
      return since;
    },
    close: async () => {
      await proxy[Symbol.asyncDispose]();
      await world.close();
      await vault.stop();
      await cluster.stop();
    },
  };
}

/** Writes to OpenBao with the rights of its root. */
export async function callVault({ address, token, caCert }, path, body) {
  const options = { method: "POST", ca: caCert, agent: false, headers: { "x-vault-token": token } };
  const asked = request(`${address}/v1/${path}`, options).end(JSON.stringify(body));
  const [response] = await once(asked, "response");
  const said = await text(response);
  if (response.statusCode >= 300)
    throw new Error(`OpenBao answered ${response.statusCode} to ${path}: ${said}`);
}
