import { createSecretResolver } from "@sluice/core";
import { file } from "@sluice/provider-file";

await using secrets = createSecretResolver({ stores: { dev: file({ path: "./secrets.env" }) } });
const password = await secrets.get("secret://dev/DB_PASSWORD");
console.log(password.text().length, String(password)); // 7 [secret]
