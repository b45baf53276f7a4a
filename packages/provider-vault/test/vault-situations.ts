import type { Issuing } from "@sluice/provider-conformance";
import type { CountingServer } from "./counting-server.js";
import type { RealVault } from "./real-vault.js";

/** A token that may read nothing of what a subject writes, and list nothing. */
export async function limitedToken({ tokenWith }: RealVault): Promise<string> {
  return tokenWith('path "secret/data/may/*" { capabilities = ["read"] }');
}

/** Users of a broker, which the engine makes and removes; the broker itself is a script. */
export async function issuing({ api, mount }: RealVault, broker: CountingServer): Promise<Issuing> {
  const engine = await mount("rabbitmq");
  await api("POST", `${engine}/config/connection`, {
    connection_uri: broker.address,
    username: "u",
    password: "p",
    verify_connection: false,
  });
  await api("POST", `${engine}/config/lease`, { ttl: 60, max_ttl: 600 });
  await api("POST", `${engine}/roles/app`, { tags: "management" });
  const lives = async (id: string): Promise<boolean> => {
    const looked = api("PUT", "sys/leases/lookup", { lease_id: id });
    return looked.then(
      () => true,
      () => false,
    );
  };
  return { path: `${engine}/creds/app`, lives };
}

/** Where an authority gives its certificate, with this text in it, as bytes: no answer with fields, as secrets are. */
export async function rawCertificate({ api, mount }: RealVault, text: string): Promise<string> {
  const engine = await mount("pki");
  await api("POST", `${engine}/root/generate/internal`, { common_name: engine.slice(0, 60), ou: text });
  return `${engine}/ca`;
}
