import type { Failure } from "@sluice/core";

/** What was asked for cannot be the path of a secret. */
export function badPath(why: string): Failure {
  return {
    status: "invalid",
    reason: "bad-path",
    message: `has no path that Vault can have: ${why}`,
    remedy: "Write the engine's mount and the secret's path in it: secret/app/db",
  };
}

/** No version of it is there. */
export function notFound(): Failure {
  return {
    status: "not-found",
    reason: "no-such-path",
    message: "is not there",
    remedy: "Add it, or correct its path",
  };
}

/** The server shows engines only to those who may use something in them, so there may be one where a path leads. */
export function hiddenEngine(): Failure {
  return {
    status: "denied",
    reason: "hidden-engine",
    message: "is refused to us: the server shows us no engine there",
    remedy: "Give the policies of the store's token rights in the engine, or correct the path",
  };
}

/** No engine is mounted where the path leads. */
export function noMount(): Failure {
  return {
    status: "not-found",
    reason: "no-such-mount",
    message: "is not there: no secrets engine is mounted at its path",
    remedy: "Correct the path, or the store's namespace: a path begins with the engine's mount",
  };
}

/** OpenBao says so in words, with the status of a secret that is not there. */
export function noNamespace(): Failure {
  return badConfiguration(
    "no-such-namespace",
    "the server has no such namespace",
    "Correct the store's namespace, or VAULT_NAMESPACE",
  );
}

/** The version asked for was deleted or destroyed, or never was. */
export function noVersion(reason: "version-deleted" | "version-destroyed" | "no-such-version"): Failure {
  const what = { "version-deleted": "was deleted", "version-destroyed": "was destroyed" };
  return {
    status: "not-found",
    reason,
    message:
      reason === "no-such-version" ? "has no such version" : `is not there any more: it ${what[reason]}`,
    remedy: "Write it anew, or ask for another version",
  };
}

/** An engine without versions, or without conditional writes, was asked for one. */
export function unsupported(reason: string, message: string, remedy: string): Failure {
  return { status: "unsupported", reason, message, remedy };
}

/** In bytes, or for OpenBao in strings: names and texts of a JSON object are counted. */
export function tooLarge(): Failure {
  return {
    status: "invalid",
    reason: "too-large",
    message: "is more than the server takes in one request",
    remedy: "Split it, or raise max_request_size or max_request_json_strings of the server's listener",
  };
}

/** The condition of a write does not hold. */
export function versionChanged(): Failure {
  return {
    status: "conflict",
    reason: "version-changed",
    message: "has another version by now",
    remedy: "Read it again, and decide anew",
  };
}

/** Something in the store's configuration cannot be used. */
export function badConfiguration(reason: string, message: string, remedy: string): Failure {
  return { status: "invalid", reason, message: `cannot be used: ${message}`, remedy };
}

/** A wrapping token does not unwrap: it can only once, so that nobody else can have read what it wraps. */
export function notUnwrapped(): Failure {
  return {
    status: "denied",
    reason: "wrapping-token",
    message: "cannot be unwrapped: its wrapping token was used before, has ended, or is of another namespace",
    remedy: "Find out who used it, since whoever did has read it; then wrap anew",
  };
}

/** What answers is no Vault: a proxy's page, say. It proves nothing about the secret. */
export function notVault(status: number): Failure {
  return {
    status: "unavailable",
    reason: "not-vault",
    message: `was not answered by Vault: the answer (HTTP ${status}) has another form`,
    remedy: "Check the store's address, and what stands between",
  };
}

/** An answer has a form that Vault's documentation does not know. */
export function malformed(): Failure {
  return {
    status: "invalid",
    reason: "malformed",
    message: "is held in a form that cannot be understood",
    remedy: "Check that its path is that of a secret",
  };
}
