import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A request to the API server, as its audit has it. */
export interface AuditedRequest {
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  /** Absent for what is no resource, such as `/version`. */
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code?: number };
  readonly annotations?: Readonly<Record<string, string>>;
}

const LOG = "audit.log";

/** Who asked for what, without contents; a watch when it begins, all else when it is answered. */
const POLICY = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  rules: [{ level: "Metadata" }],
};

/** Writes what kube-apiserver is told to record, and gives the flags for it. */
export async function auditFlags(folder: string): Promise<Readonly<Record<string, string>>> {
  const policy = join(folder, "audit.yaml");
  await writeFile(policy, JSON.stringify(POLICY));
  return { "audit-policy-file": policy, "audit-log-path": join(folder, LOG) };
}

/** Reads what was recorded in a folder. What was answered a moment ago may not be in it yet. */
export async function readAudit(folder: string): Promise<AuditedRequest[]> {
  const lines = (await readFile(join(folder, LOG), "utf8")).split("\n");
  // The last line may be half there.
  return lines.slice(0, -1).map((line) => JSON.parse(line) as AuditedRequest);
}
