import { broker } from "@sluice/broker/mode";
import { sluice } from "@sluice/dialects";
import { createInjector, type Injector } from "@sluice/injector";
import { runner } from "@sluice/runner/mode";
import { execWrap, launcherDelivery, tokenVolumes } from "@sluice/webhook";
import { webhook } from "@sluice/webhook/mode";
import { acmeNotation } from "./acme-notation.js";
import { brokerClients } from "./broker-clients.js";
import { keyring } from "./keyring.js";

export const injector: Injector = createInjector({
  name: "acme-injector",
  version: "1.0.0",
  description: "Gives Acme's apps what they keep in the keyring.",
  providers: [keyring],
  dialects: [acmeNotation(), sluice()],
  strategies: [launcherDelivery(), tokenVolumes(), execWrap(), brokerClients()],
  modes: [runner(), webhook(), broker()],
});
