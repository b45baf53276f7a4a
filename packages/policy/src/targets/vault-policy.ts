import type { Grant, GrantedRead } from "../grant.js";
import { sorted } from "../grant.js";
import { policyError } from "../policy-error.js";
import type { PolicyTarget } from "../policy-target.js";
import { hclText } from "../text/hcl.js";
import { granteeComment, policyText } from "../text/heading.js";

const UNWRAPPING = /^sys\/wrapping\/unwrap\//;
const DECRYPTING = /(?:^|\/)transit\/decrypt\//;

/**
 * A policy of Vault and OpenBao. Where it is for several service accounts they stand one after the other, so that
 * each can be cut out: a policy of Vault is one file for one name.
 */
export const vaultPolicy: PolicyTarget = {
  providers: ["vault"],
  render: (grants) => policyText(grants.map(policyOf)),
};

function policyOf(grant: Grant): string {
  const rules = sorted(grant.reads.flatMap(ruleOf));
  return [granteeComment(grant), rules.join("\n\n")].join("\n");
}

function ruleOf(read: GrantedRead): string[] {
  const { store, path: written, volatile = false, anyIndex = false } = read;
  // The wrapping token is the right to unwrap.
  if (UNWRAPPING.test(written)) return [];
  if (written.includes("*") || written.split("/").includes("+"))
    throw policyError(
      `"${written}" in the store "${store.name}" has what a policy takes for a wildcard`,
      "Correct the reference in the manifest, or write this rule by hand",
    );
  const isEngine = volatile || DECRYPTING.test(written);
  const [path = ""] = written.split("?");
  const granted = isEngine ? path : keyValuePath(written, store.options?.["kvVersion"]);
  // An engine that is handed something is asked with POST.
  const capability = isEngine && path !== written ? "update" : "read";
  const rule = `path "${hclText(granted)}${anyIndex ? ".*" : ""}" {`;
  return [[rule, `  capabilities = ["${capability}"]`, "}"].join("\n")];
}

/** Of version 2, where nothing says another: below `data/`, which a reference may leave out after the mount. */
function keyValuePath(path: string, version: unknown): string {
  const bare = path.replace(/^\//, "");
  if (version === 1 || bare.includes("/data/")) return bare;
  return bare.replace("/", "/data/");
}
