import { notTheApi, parseJson } from "../client/parse-json.js";
import { statusReason } from "../errors/error-of-answer.js";
import { KubernetesError } from "../errors/kubernetes-error.js";
import { asObject, field } from "../objects/kubernetes-object.js";
import type { ObjectEvent } from "./watch-event.js";

/**
 * One line of a watch. A bookmark has only a version, so it is no full object.
 *
 * @throws {KubernetesError} for an event of type `ERROR`, with the HTTP status it carries.
 */
export function parseEvent(line: Uint8Array): ObjectEvent {
  const event = parseJson(line);
  const type = field(event, "type");
  const object = field(event, "object");
  switch (type) {
    case "ADDED":
    case "MODIFIED":
      return withVersion("changed", object);
    case "DELETED":
      return withVersion("deleted", object);
    case "BOOKMARK": {
      const resourceVersion = field(field(object, "metadata"), "resourceVersion");
      if (typeof resourceVersion !== "string") throw notTheApi("bookmark");
      return { kind: "progress", resourceVersion };
    }
    case "ERROR":
      throw errorEvent(object);
    default:
      throw notTheApi("event");
  }
}

function withVersion(kind: "changed" | "deleted", value: unknown): ObjectEvent {
  const object = asObject(value);
  return { kind, object, resourceVersion: object.metadata.resourceVersion };
}

function errorEvent(status: unknown): KubernetesError {
  const code = field(status, "code");
  const reason = statusReason(status) ?? "watch-error";
  const number = typeof code === "number" ? code : 500;
  const problem = `ended a watch with ${number} ${reason}`;
  return new KubernetesError({ kind: "answered", status: number, reason, problem });
}
