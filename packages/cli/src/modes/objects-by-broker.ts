import type { Mode } from "@sluice/mode";
import { objects } from "@sluice/webhook/mode";

/** Filling of objects, by the access lists that the broker goes by. */
export function objectsByBroker(): Mode {
  return objects({
    openReader: async (options) => (await import("@sluice/broker")).createStoreReader(options),
  });
}
