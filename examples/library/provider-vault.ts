import { createSecretResolver } from "@sluice/core";
import { vault } from "@sluice/provider-vault";

await using secrets = createSecretResolver({
  stores: { prod: vault({ address: "https://vault.example:8200", auth: { kubernetes: { role: "shop" } } }) },
});
for await (const change of secrets.watch(["secret://prod/secret/shop#api-key"]))
  console.log("changed", change.reference);
