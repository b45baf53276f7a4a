import { createSecretResolver } from "@sluice/core";
import { azureKeyVault } from "@sluice/provider-azure";

await using secrets = createSecretResolver({ stores: { prod: azureKeyVault({ vault: "acme" }) } });
const { user, password } = await secrets.getAll({
  user: "secret://prod/db?decode=username",
  password: "secret://prod/db?decode=password",
});
console.log(user.text(), String(password));
