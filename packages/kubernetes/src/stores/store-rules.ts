import { isPathPattern, isStoreName } from "@sluice/core";
import { CONTAINER_AUDIENCES } from "@sluice/core/plan";
import type { StoreAccessRule, StoreOptionSource, StoreSpec } from "./store-manifest.js";
import type { StoreKind } from "./store.js";

/**
 * A rule that a schema cannot express, written twice: for the cluster, which refuses a manifest with it, and for
 * us, who read what the cluster has, or a file.
 */
export interface StoreRule<Value> {
  /** In the Common Expression Language; `self` is the value. */
  readonly cel: string;
  readonly message: string;
  readonly holds: (value: Value) => boolean;
}

/** What must hold of a store's name. In a cluster that is already a DNS-1123 subdomain. */
export const NAME_RULE: StoreRule<string> = {
  cel: "self.metadata.name.size() <= 63 && !self.metadata.name.contains('.')",
  message: "the name must be a DNS-1123 label, for it stands in references: secret://NAME/PATH",
  holds: isStoreName,
};

/** What must hold of every `spec`, after defaults. */
export const SPEC_RULES: readonly StoreRule<StoreSpec>[] = [
  {
    cel: "!has(self.tokenSource) || self.identity == 'pod'",
    message: "tokenSource is for identity: pod only",
    holds: ({ tokenSource, identity }) => tokenSource === undefined || identity === "pod",
  },
  {
    cel: "!has(self.tokenAudience) || self.identity == 'pod'",
    message: "tokenAudience is for identity: pod only",
    holds: ({ tokenAudience, identity }) => tokenAudience === undefined || identity === "pod",
  },
  {
    cel: "has(self.tokenAudience) || self.identity != 'pod'",
    message: "identity: pod needs tokenAudience, the audience of the tokens that the store trusts",
    holds: ({ tokenAudience, identity }) => tokenAudience !== undefined || identity !== "pod",
  },
  {
    // Whoever has a token of such an audience is the container to the broker, and may be given all that it may read.
    cel: `!has(self.tokenAudience) || !self.tokenAudience.startsWith('${CONTAINER_AUDIENCES}')`,
    message:
      "tokenAudience may not begin with sluice/: the store would get the tokens that prove containers to the broker",
    holds: ({ tokenAudience }) => tokenAudience?.startsWith(CONTAINER_AUDIENCES) !== true,
  },
];

/** What must hold of an entry of `optionsFrom`. */
export function optionRules(kind: StoreKind): readonly StoreRule<StoreOptionSource>[] {
  return [
    {
      cel: "has(self.option) != has(self.variable)",
      message: "name either an option or a variable",
      holds: ({ option, variable }) => (option === undefined) !== (variable === undefined),
    },
    kind === "SecretStore"
      ? {
          cel: "!has(self.secretKeyRef.namespace)",
          message: "a SecretStore takes Secrets of its own namespace: leave secretKeyRef.namespace out",
          holds: ({ secretKeyRef }) => secretKeyRef.namespace === undefined,
        }
      : {
          cel: "has(self.secretKeyRef.namespace)",
          message: "a ClusterSecretStore has no namespace: name the Secret's in secretKeyRef.namespace",
          holds: ({ secretKeyRef }) => secretKeyRef.namespace !== undefined,
        },
  ];
}

/** What must hold of an entry of `access`. */
export function accessRules(kind: StoreKind): readonly StoreRule<StoreAccessRule>[] {
  return [
    kind === "SecretStore"
      ? {
          cel: "!has(self.namespaces)",
          message: "a SecretStore is for its own namespace: leave namespaces out",
          holds: ({ namespaces }) => namespaces === undefined,
        }
      : {
          cel: "has(self.namespaces)",
          message: "a ClusterSecretStore is for the namespaces it names: add namespaces",
          holds: ({ namespaces }) => namespaces !== undefined,
        },
  ];
}

/** What must hold of an entry of `paths`. */
export const PATH_RULE: StoreRule<string> = {
  cel: "!self.matches('[^/][*][*]|[*][*][^/]|(^|/)[.][.]?(/|$)')",
  message: "** must be a whole segment of a path, and no segment may be . or ..",
  holds: isPathPattern,
};
