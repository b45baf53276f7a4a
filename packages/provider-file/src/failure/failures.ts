import { closestName, type Failure } from "@sluice/core";

/** The file, the directory, or the folder it is to be in, does not exist. */
export function storeMissing(path: string): Failure {
  return {
    status: "invalid",
    reason: "store-missing",
    message: `cannot be reached: ${path} does not exist`,
    remedy:
      "Create it, or correct the store's path: a relative one starts at the configuration file's folder",
  };
}

/** Most names a missing one is compared with: a hint is not worth blocking the process. */
const MOST_COMPARED = 1000;

/** A volume is replaced faster than it can be read. */
export function unsteady(path: string): Failure {
  return {
    status: "unavailable",
    reason: "unsteady",
    message: `cannot be read: ${path} is being replaced all the time`,
    remedy: "Try again",
  };
}

/** The store is there and has no such secret. `known` are names it may have been mistaken for. */
export function notFound(path: string, place: string, known: readonly string[]): Failure {
  const near = known.length <= MOST_COMPARED ? closestName(path, known) : undefined;
  return {
    status: "not-found",
    reason: "no-such-path",
    message: `is not in ${place}`,
    remedy: near === undefined ? "Add it there, or correct the name" : `Did you mean "${near}"?`,
  };
}

/** A directory, a pipe, a socket or a device stands where a file is needed. */
export function notAFile(path: string): Failure {
  return {
    status: "invalid",
    reason: "not-a-file",
    message: `cannot be used: ${path} is not a regular file`,
    remedy: "Name a regular file",
  };
}

/** A directory store has something else at its path. */
export function notADirectory(path: string): Failure {
  return {
    status: "invalid",
    reason: "not-a-directory",
    message: `cannot be used: ${path} is not a directory`,
    remedy: "Name a directory, or correct the store's format",
  };
}

/** A file is, or would become, larger than the store allows. */
export function tooLarge(path: string, maxBytes: number): Failure {
  return {
    status: "invalid",
    reason: "too-large",
    message: `cannot be used: ${path} exceeds ${maxBytes} bytes`,
    remedy: "Raise the store's maxBytes, or make the file smaller",
  };
}

/** A file of text has other bytes. */
export function notUtf8(path: string): Failure {
  return {
    status: "invalid",
    reason: "encoding",
    message: `cannot be read: ${path} is not UTF-8 text`,
    remedy: "Save it as UTF-8",
  };
}

/** A file is malformed at a place; `reason` repeats nothing of it. */
export function syntax(path: string, line: number, column: number, reason: string): Failure {
  return {
    status: "invalid",
    reason: "syntax",
    message: `cannot be read: ${path}:${line}:${column}: ${reason}`,
    remedy: "Correct the file at that place",
  };
}

/** There is a name without a value. */
export function isNull(path: string): Failure {
  return {
    status: "invalid",
    reason: "null",
    message: `is null in ${path}`,
    remedy: "Give it a value, or remove it",
  };
}

/** `array` is the path of the array that the request leads into. */
export function insideArray(path: string, array: string): Failure {
  return {
    status: "invalid",
    reason: "inside-array",
    message: `has no path: "${array}" in ${path} is an array`,
    remedy: `Ask for "${array}", which gives the array as JSON`,
  };
}

/** What was asked for cannot be the path of a secret in a directory. */
export function badPath(reason: string): Failure {
  return {
    status: "invalid",
    reason: "bad-path",
    message: `is no path in a directory: ${reason}`,
    remedy: "Name a file by its path below the store's directory, its parts separated by /",
  };
}

/** A symbolic link leads out of the store. */
export function outsideStore(path: string, root: string): Failure {
  return {
    status: "denied",
    reason: "outside-store",
    message: `cannot be used: ${path} is a link that leads out of ${root}`,
    remedy: "Put the file itself there, or configure a store for where it is",
  };
}

/** An earlier version was asked for. */
export function versionUnsupported(): Failure {
  return {
    status: "unsupported",
    reason: "version",
    message: "has a version that cannot be asked for: a file has only its present content",
    remedy: "Leave the version out",
  };
}

/** A value that is not text was to be written to a file of text. */
export function binaryValue(path: string): Failure {
  return {
    status: "invalid",
    reason: "binary",
    message: `cannot be written: the value is not UTF-8 text, and ${path} holds only text`,
    remedy: "Encode it, for example as base64, or use a store whose format is directory",
  };
}

/** What stands at the path, or on the way to it, is not a single value. */
export function notAValue(path: string): Failure {
  return {
    status: "invalid",
    reason: "not-a-value",
    message: `cannot be written: in ${path} the path is that of several values, or leads through a single one`,
    remedy: "Name another path, or delete what is in the way",
  };
}

/** An edit would have changed something besides the value. */
export function cannotEdit(): Failure {
  return {
    status: "invalid",
    reason: "cannot-edit",
    message: "cannot be written without changing other values of the file, such as those of aliases",
    remedy: "Edit the file by hand",
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

/** Nothing was written: somebody else holds the lock. */
export function locked(lock: string): Failure {
  return {
    status: "throttled",
    reason: "locked",
    message: `cannot be written: another writer holds ${lock}`,
    remedy: "Try again; if nothing writes to the store, delete the lock",
  };
}
