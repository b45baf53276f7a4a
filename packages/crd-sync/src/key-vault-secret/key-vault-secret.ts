import type { Decoding } from "@sluice/core";

/** What an `AzureKeyVaultSecret` asks for, as the dialect of akv2k8s reads it. */
export interface KeyVaultSecret {
  readonly vault: string;
  readonly object: string;
  readonly type: "secret" | "certificate" | "key" | "multi-key-value-secret";
  readonly version?: string;
  readonly transforms: readonly Decoding[];
  readonly contentType?: string;
  readonly secret?: KeyVaultOutput;
  readonly configMap?: KeyVaultOutput;
}

/** An object that is to be kept. */
export interface KeyVaultOutput {
  readonly name: string;
  /** Of a Secret. */
  readonly type?: string;
  readonly dataKey?: string;
}

/** Why one makes no sense. */
export interface KeyVaultProblem {
  readonly problem: string;
  readonly remedy: string;
}
