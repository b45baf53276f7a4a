import type { Issuing } from "@sluice/provider-conformance";
import type { CountingServer } from "./counting-server.js";
import type { RealVault } from "./real-vault.js";

type Api = RealVault["api"];

/** A token that may read nothing of what a subject writes, and list nothing. */
export async function limitedToken(api: Api): Promise<string> {
  const policy = 'path "secret/data/may/*" { capabilities = ["read"] }';
  await api("PUT", "sys/policies/acl/limited", { policy });
  const { auth } = await api("POST", "auth/token/create", { policies: ["limited"] });
  return (auth as { client_token: string }).client_token;
}

/** Users of a broker, which the engine makes and removes; the broker itself is a script. */
export async function issuing(api: Api, broker: CountingServer): Promise<Issuing> {
  const { data } = await api("GET", "sys/mounts");
  if (!Object.hasOwn(data as object, "rabbitmq/"))
    await api("POST", "sys/mounts/rabbitmq", { type: "rabbitmq" });
  await api("POST", "rabbitmq/config/connection", {
    connection_uri: broker.address,
    username: "u",
    password: "p",
    verify_connection: false,
  });
  await api("POST", "rabbitmq/config/lease", { ttl: 60, max_ttl: 600 });
  await api("POST", "rabbitmq/roles/app", { tags: "management" });
  const lives = async (id: string): Promise<boolean> => {
    const looked = api("PUT", "sys/leases/lookup", { lease_id: id });
    return looked.then(
      () => true,
      () => false,
    );
  };
  return { path: "rabbitmq/creds/app", lives };
}
