import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { ConnectionOptions } from "./connection-options.js";

/** The kubeconfig files to merge, as kubectl finds them; none where there is no sign of any. */
export function kubeconfigFiles({ kubeconfig, environment }: ConnectionOptions): readonly string[] {
  if (kubeconfig !== undefined) return [kubeconfig];
  const named = (environment["KUBECONFIG"] ?? "").split(delimiter).filter((path) => path !== "");
  // kubectl passes over those of several that do not exist.
  if (named.length > 1) return named.filter((path) => existsSync(path));
  if (named.length === 1) return named;
  const home = environment["HOME"] ?? environment["USERPROFILE"];
  const usual = home ? join(home, ".kube", "config") : undefined;
  return usual !== undefined && existsSync(usual) ? [usual] : [];
}
