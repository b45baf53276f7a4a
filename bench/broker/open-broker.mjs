// A broker on one processor, in front of OpenBao, in a cluster; everything else is on the other processors.
import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";
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

/** Leaves the first processor to the broker. What is started from now on keeps to the others, too. */
export function leaveFirstProcessor() {
  const last = availableParallelism() - 1;
  if (last < 1) throw new Error("It takes two processors: one for the broker, one for those who ask");
  execFileSync("taskset", ["-apc", `1-${last}`, String(process.pid)]);
}

/** Starts all of it. `calls` tells how many calls the provider has had since it was asked last. */
export async function openBroker({ wrapper = [], args = [] } = {}) {
  const [cluster, vault] = await Promise.all([startKubernetes(), startVault()]);
  for (const server of [cluster, vault]) if (server.kind === "unavailable") throw new Error(server.reason);
  const authority = await createAuthority("Benchmark");
  const proxy = await startFaultProxy({ address: vault.address }, await authority.issue());
  for (const name of Object.keys(REFERENCES)) await writeSecret(vault, name.replace("SECRET_", "s"));
  const world = await BrokerWorld.open(cluster);
  const caCert = await world.write("vault-ca.pem", authority.ca);
  const tokenFile = await world.write("vault-token", vault.token);
  const access = [{ namespaces: ["*"], serviceAccounts: ["*"], paths: ["**"] }];
  const options = { address: proxy.address, caCert, auth: { token: { tokenFile } } };
  const stores = { prod: { provider: "vault", options, access } };
  const start = async () => startBrokerProcess(world, { stores, wrapper, args });
  let seen = 0;
  return {
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

async function writeSecret({ address, token }, name) {
  const { ok, status } = await fetch(`${address}/v1/secret/data/${name}`, {
    method: "POST",
    headers: { "x-vault-token": token },
    body: JSON.stringify({ data: { value: `value of ${name}` } }),
  });
  if (!ok) throw new Error(`OpenBao answered ${status}`);
}
