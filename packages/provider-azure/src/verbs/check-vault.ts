import type { CheckFinding, CheckResult, Failure } from "@sluice/core";
import { failureOf } from "../failure/failure-of.js";
import type { VaultClients } from "../vault/vault-clients.js";

/** Asks for the names of one page of one secret: cheap, and no value moves. */
export async function checkVault(
  clients: VaultClients,
  abortSignal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<CheckResult> {
  const { result: failure, storeTime } = await clients.observe(abortSignal, async () =>
    look(clients, abortSignal, onError),
  );
  return { findings: findingsOf(failure), ...(storeTime !== undefined && { storeTime }) };
}

/** What was found out by looking: nothing amiss, or this failure. */
function findingsOf(failure: Failure | undefined): CheckFinding[] {
  if (failure === undefined) return [REACHABLE, AUTHENTICATED, ok("list", "may list secrets")];
  const { status, reason, remedy = "Check the store's options, and the vault" } = failure;
  const failed = (aspect: string, message: string): CheckFinding => ({
    aspect,
    status: "failed",
    failure: status,
    message,
    remedy,
  });
  // Who has no right to list may well have one to read, which is all that most need.
  if (status === "denied" && /^(?:Forbidden|AccessDenied|ForbiddenByRbac|ForbiddenByPolicy)$/.test(reason))
    return [
      REACHABLE,
      AUTHENTICATED,
      { aspect: "list", status: "warning", message: "may not list secrets", remedy },
    ];
  if (status === "denied") return [failed("authenticated", `login failed (${reason})`)];
  return [failed("reachable", `vault cannot be used (${reason})`)];
}

async function look(
  clients: VaultClients,
  abortSignal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<Failure | undefined> {
  try {
    const client = await clients.secrets();
    const pages = client.listPropertiesOfSecrets({ abortSignal }).byPage({ maxPageSize: 1 });
    await pages[Symbol.asyncIterator]().next();
    return undefined;
  } catch (error) {
    onError(error);
    return failureOf(error);
  }
}

function ok(aspect: string, message: string): CheckFinding {
  return { aspect, status: "ok", message };
}

const REACHABLE: CheckFinding = ok("reachable", "vault answers");
const AUTHENTICATED: CheckFinding = ok("authenticated", "logged in");
