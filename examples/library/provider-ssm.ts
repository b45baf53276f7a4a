import { createSecretResolver } from "@sluice/core";
import { secretsManager, ssm } from "@sluice/provider-ssm";

const stores = { parameters: ssm({ region: "eu-west-1" }), secrets: secretsManager({ region: "eu-west-1" }) };
await using resolver = createSecretResolver({ stores });
const { url, password } = await resolver.getAll({
  url: "secret://parameters/shop/db/url",
  password: "secret://secrets/shop/db#password",
});
console.log(url.text(), String(password));
