import { createSecretResolver } from "@sluice/core";
import { kubernetes } from "@sluice/provider-kubernetes";

await using secrets = createSecretResolver({ stores: { cluster: kubernetes({ namespace: "shop" }) } });
const [found, missing] = await secrets.settle(["secret://cluster/db#password", "secret://cluster/other"]);
console.log(found.status, missing.status);
