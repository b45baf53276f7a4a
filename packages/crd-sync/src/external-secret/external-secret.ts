import type { ExternalStoreRef } from "../external-stores/external-store-name.js";
import type { DecodingStrategy } from "./convert-value.js";
import type { KeyConversion, KeyRewrite } from "./rewrite-key.js";

/** `spec` of an `ExternalSecret`, as far as it is covered: checked against its schema. */
export interface ExternalSecretSpec {
  readonly secretStoreRef?: Partial<ExternalStoreRef>;
  readonly refreshPolicy?: "Periodic" | "CreatedOnce" | "OnChange";
  readonly refreshInterval?: string;
  readonly target?: ExternalSecretTarget;
  readonly data?: readonly ExternalSecretEntry[];
  readonly dataFrom?: readonly ExternalSecretGroup[];
}

export interface ExternalSecretTarget {
  readonly name?: string;
  readonly creationPolicy?: "Owner" | "Orphan" | "Merge" | "None";
  readonly deletionPolicy?: "Retain" | "Delete" | "Merge";
  readonly immutable?: boolean;
  readonly template?: ExternalSecretTemplate;
}

export interface ExternalSecretTemplate {
  readonly type?: string;
  readonly mergePolicy?: "Replace" | "Merge";
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly data?: Readonly<Record<string, string>>;
}

/** Where an entry is, if not in the store of the whole. */
interface SourceRef {
  readonly storeRef?: Partial<ExternalStoreRef>;
}

export interface ExternalSecretEntry {
  readonly secretKey: string;
  readonly remoteRef: RemoteRef;
  readonly sourceRef?: SourceRef;
}

export interface ExternalSecretGroup {
  readonly extract?: RemoteRef;
  readonly find?: RemoteSearch;
  readonly rewrite?: readonly { readonly regexp?: KeyRewrite }[];
  readonly sourceRef?: SourceRef;
}

export interface RemoteRef {
  readonly key: string;
  readonly property?: string;
  readonly version?: string;
  readonly conversionStrategy?: KeyConversion;
  readonly decodingStrategy?: DecodingStrategy;
}

export interface RemoteSearch {
  readonly path?: string;
  readonly name?: { readonly regexp?: string };
  readonly tags?: Readonly<Record<string, string>>;
  readonly conversionStrategy?: KeyConversion;
  readonly decodingStrategy?: DecodingStrategy;
}
