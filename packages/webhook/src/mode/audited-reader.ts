import type { Logger } from "@sluice/service";
import type { ObjectReader } from "../objects/object-reader.js";

/** Writes a line for every reading: in whose name, which references, what came of them. Never a value. */
export function auditedReader(reader: ObjectReader, log: Logger): ObjectReader {
  return {
    read: async (references, { namespace, serviceAccount }, signal) => {
      const outcomes = await reader.read(references, { namespace, serviceAccount }, signal);
      const read = Array.from(outcomes.values(), (outcome) => ({
        reference: outcome.reference,
        status: outcome.status,
        ...(outcome.status !== "found" && { reason: outcome.reason }),
      }));
      log.info(
        { audit: true, event: "read-for-object", namespace, serviceAccount, read },
        "secrets were read",
      );
      return outcomes;
    },
  };
}
