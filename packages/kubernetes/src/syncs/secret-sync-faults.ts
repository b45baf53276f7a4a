import type { JsonSchema } from "@sluice/core";
import { schemaFaults, strict } from "../stores/schema-faults.js";
import { broken, each } from "../stores/schema-rules.js";
import type { StoreFault } from "../stores/store-fault.js";
import type { SecretSyncSpec } from "./secret-sync-manifest.js";
import {
  SYNC_FIND_RULES,
  SYNC_SPEC_RULES,
  SYNC_TARGET_RULES,
  SYNC_TEMPLATE_RULES,
} from "./secret-sync-rules.js";
import { secretSyncSchema } from "./secret-sync-schema.js";

let schema: JsonSchema | undefined;

/**
 * What is wrong with the `spec` of a `SecretSync`: none when it is a {@link SecretSyncSpec}. References and regular
 * expressions in it are not read.
 *
 * @param value whatever stands there
 */
export function secretSyncFaults(value: unknown): StoreFault[] {
  schema ??= strict(secretSyncSchema());
  const faults = schemaFaults(schema, value);
  if (faults.length > 0) return faults;
  const spec = value as SecretSyncSpec;
  return [
    ...broken(SYNC_SPEC_RULES, spec, []),
    ...broken(SYNC_TARGET_RULES, spec.target ?? {}, ["target"]),
    ...each(spec.find, (search, at) => broken(SYNC_FIND_RULES, search, ["find", at])),
    ...each(spec.template?.data, (entry, at) => broken(SYNC_TEMPLATE_RULES, entry, ["template", "data", at])),
    ...(spec.window?.timeZone === undefined ? [] : badTimeZone(spec.window.timeZone)),
  ];
}

function badTimeZone(timeZone: string): StoreFault[] {
  try {
    Intl.DateTimeFormat("en", { timeZone });
    return [];
  } catch {
    return [{ path: ["window", "timeZone"], problem: "is no time zone of the IANA database" }];
  }
}
