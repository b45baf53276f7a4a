import type { Pod } from "@sluice/core/pod";
import type { Platform } from "./manifest.js";

const OS = ["kubernetes.io/os", "beta.kubernetes.io/os"];
const ARCHITECTURE = ["kubernetes.io/arch", "beta.kubernetes.io/arch"];

/** The kind of node that a pod asks for; Linux on amd64 where it does not say. */
export function platformOf({ spec }: Pod): Platform {
  const { nodeSelector = {}, os } = spec as {
    readonly nodeSelector?: Readonly<Record<string, string>>;
    readonly os?: { readonly name?: string };
  };
  const select = (labels: readonly string[]): string | undefined =>
    labels.map((label) => nodeSelector[label]).find((value) => value !== undefined);
  return { os: os?.name ?? select(OS) ?? "linux", architecture: select(ARCHITECTURE) ?? "amd64" };
}
