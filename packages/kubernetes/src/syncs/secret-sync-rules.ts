import type { StoreRule } from "../stores/store-rules.js";
import type { SecretSyncSpec, SyncedSearch, SyncTarget, SyncTemplateEntry } from "./secret-sync-manifest.js";

/** What must hold of every `spec`. */
export const SYNC_SPEC_RULES: readonly StoreRule<SecretSyncSpec>[] = [
  {
    cel:
      "(has(self.data) && self.data.size() > 0) || (has(self.extract) && self.extract.size() > 0) || " +
      "(has(self.find) && self.find.size() > 0)",
    message: "say what is read: data, extract or find",
    holds: ({ data = [], extract = [], find = [] }) => data.length + extract.length + find.length > 0,
  },
];

/** What must hold of `target`, after defaults. */
export const SYNC_TARGET_RULES: readonly StoreRule<SyncTarget>[] = [
  {
    cel: "!has(self.type) || self.kind == 'Secret'",
    message: "type is for kind: Secret only",
    holds: ({ type, kind = "Secret" }) => type === undefined || kind === "Secret",
  },
  {
    cel: "!self.adopt || self.creationPolicy != 'Merge'",
    message: "adopt is not for creationPolicy: Merge, which never takes an object over",
    holds: ({ adopt = false, creationPolicy }) => !adopt || creationPolicy !== "Merge",
  },
  {
    cel:
      "(!has(self.labels) || self.labels.all(k, !k.contains('sluice.dev/'))) && " +
      "(!has(self.annotations) || self.annotations.all(k, !k.contains('sluice.dev/')))",
    message: "labels and annotations of sluice.dev/ are kept for Sluice",
    holds: ({ labels = {}, annotations = {} }) =>
      ![...Object.keys(labels), ...Object.keys(annotations)].some((key) => key.includes("sluice.dev/")),
  },
];

/** What must hold of an entry of `template.data`. */
export const SYNC_TEMPLATE_RULES: readonly StoreRule<SyncTemplateEntry>[] = [
  {
    cel: "has(self.text) != has(self.format)",
    message: "give either a text or a format",
    holds: ({ text, format }) => (text === undefined) !== (format === undefined),
  },
];

/** What must hold of an entry of `find`. */
export const SYNC_FIND_RULES: readonly StoreRule<SyncedSearch>[] = [
  {
    cel: "has(self.path) || has(self.name) || has(self.tags)",
    message: "say which secrets: by path, name or tags",
    holds: ({ path, name, tags }) => path !== undefined || name !== undefined || tags !== undefined,
  },
];
