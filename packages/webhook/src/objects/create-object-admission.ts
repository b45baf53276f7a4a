import type { FailedReference, ReferenceOutcome } from "@sluice/core";
import type { Dialect, DialectProblem } from "@sluice/core/dialect";
import { type AdmissionAnswer, allow, deny } from "../admission/admission-answer.js";
import type { AdmissionRequest } from "../admission/admission-request.js";
import type { Admission } from "../admission/create-admission.js";
import { INJECT_ANNOTATION } from "../planning/selected-containers.js";
import { fillPlaces } from "./fill-places.js";
import { type ObjectRule, objectRuleFor, resourceName } from "./object-policy.js";
import type { ObjectReader } from "./object-reader.js";
import { type AskingPlace, MOST_REFERENCES, type ReadTexts, readTexts, textReader } from "./read-texts.js";
import { type AnyObject, textPlaces } from "./text-places.js";

/** What fills references in Secrets, ConfigMaps and other objects is made of. */
export interface ObjectAdmissionOptions {
  /** Notations that are read; those of whole pods have no place here. */
  readonly dialects: readonly Dialect[];
  /** Which objects may be filled; an empty one fills none. */
  readonly policy: readonly ObjectRule[];
  readonly reader: ObjectReader;
}

/**
 * Fills references in objects as they are created and updated. An object that holds references is denied where no rule
 * of the policy is for it; what is stored already and comes unchanged is left alone there. A dry run reads, and
 * neither writes nor takes anything: what would is left as it is written, with a warning.
 */
export function createObjectAdmission(options: ObjectAdmissionOptions): Admission {
  return {
    mutate: async (request, signal) =>
      answer(request, options, async (asked) => fill(asked, options, signal)),
    validate: async (request) => answer(request, options, async (asked) => Promise.resolve(verify(asked))),
  };
}

interface AskedObject {
  readonly request: AdmissionRequest;
  readonly object: AnyObject;
  readonly texts: ReadTexts;
  /** `secrets "db"`. */
  readonly what: string;
}

async function answer(
  request: AdmissionRequest,
  { dialects }: ObjectAdmissionOptions,
  decide: (asked: AskedObject) => Promise<AdmissionAnswer>,
): Promise<AdmissionAnswer> {
  const { operation, resource, group, namespace, object } = request;
  if ((operation !== "CREATE" && operation !== "UPDATE") || resource.includes("/"))
    return allow("Nothing to decide: only what objects are created and updated with is looked at");
  if (namespace === "") return allow("Only objects in namespaces are looked at");
  if (!isObject(object)) return deny([{ problem: "The request has no object", remedy: "Send one" }]);
  const metadata = isObject(object["metadata"]) ? object["metadata"] : {};
  if (metadata["deletionTimestamp"] != null) return allow("The object is being deleted");
  const annotations = isObject(metadata["annotations"]) ? metadata["annotations"] : {};
  if (annotations[INJECT_ANNOTATION] === "false")
    return allow("Its references are left to those who read it");
  const what = `${resourceName(resource, group)} "${nameOf(metadata)}"`;
  const texts = readTexts(textPlaces(kindOf(request), object), textReader(object, dialects, namespace));
  if (texts.places.length === 0 && texts.problems.length === 0)
    return allow("The object holds no references");
  return decide({ request, object, texts, what });
}

async function fill(
  { request, object, texts, what }: AskedObject,
  { policy, reader, dialects }: ObjectAdmissionOptions,
  signal: AbortSignal,
): Promise<AdmissionAnswer> {
  const { namespace, resource, group, dryRun } = request;
  const rule = objectRuleFor(policy, namespace, resourceName(resource, group));
  if (rule === undefined) {
    if (isUnchanged(request, texts)) return allow("Nothing new is asked for", [], [stored(what)]);
    return deny([notAllowed(what, namespace)], { code: 403, reason: "Forbidden" });
  }
  if (texts.problems.length > 0) return deny(texts.problems.map((problem) => within(what, problem)));
  if (texts.references.size > MOST_REFERENCES) return deny([tooMany(what)]);
  // Nothing is written and nothing issued for an object that will not be stored.
  const [places, left] = dryRun ? withoutIssuing(texts.places) : [texts.places, []];
  const wanted = new Map(
    Array.from(texts.references).filter(([, { volatile }]) => !dryRun || volatile !== true),
  );
  const identity = { namespace, serviceAccount: rule.serviceAccount };
  let outcomes: ReadonlyMap<string, ReferenceOutcome>;
  try {
    outcomes = wanted.size === 0 ? new Map() : await reader.read(wanted, identity, signal);
  } catch (thrown) {
    if (signal.aborted) return deny([outOfTime(what)], { code: 504, reason: "Timeout" });
    throw thrown;
  }
  const failures = Array.from(outcomes.values()).filter((outcome) => outcome.status !== "found");
  if (failures.length > 0) return deny(failures.map((failure) => notRead(what, failure)));
  const filled = fillPlaces(places, outcomes, textReader(object, dialects, namespace));
  if (filled.problems.length > 0) return deny(filled.problems.map((problem) => within(what, problem)));
  const warnings = left.map((place) => `${place} would issue or write something, so a dry run leaves it`);
  return allow(`References are filled in ${what}`, filled.patch, warnings);
}

/** Nothing is left to fill once the object was filled. */
function verify({ request, texts, what }: AskedObject): AdmissionAnswer {
  if (request.dryRun || isUnchanged(request, texts)) return allow("Nothing new is left to fill");
  const problem = `${what} holds references that nothing has filled`;
  return deny([{ problem, remedy: "Create it where the mutating webhook for objects is called for it" }]);
}

/** Whether every member that asks for something was stored as it is; where not all could be read, every member. */
function isUnchanged(request: AdmissionRequest, { places, problems, references }: ReadTexts): boolean {
  const { operation, object, oldObject } = request;
  if (operation !== "UPDATE" || !isObject(object) || !isObject(oldObject)) return false;
  const isWhole = problems.length === 0 && references.size <= MOST_REFERENCES;
  const looked = isWhole ? places.map(({ at }) => at) : Array.from(textPlaces(kindOf(request), object));
  return looked.every((at) => memberAt(oldObject, at.pointer) === at.written);
}

function memberAt(object: unknown, pointer: string): unknown {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<unknown>(
      (value, key) =>
        typeof value === "object" && value !== null && Object.hasOwn(value, key)
          ? (Reflect.get(value, key) as unknown)
          : undefined,
      object,
    );
}

function withoutIssuing(places: readonly AskingPlace[]): [readonly AskingPlace[], readonly string[]] {
  const issues = ({ pieces }: AskingPlace): boolean =>
    Array.from(pieces.values()).some((parts) =>
      parts.some((part) => typeof part !== "string" && part.volatile === true),
    );
  return [
    places.filter((place) => !issues(place)),
    places.filter(issues).flatMap(({ pieces }) => Array.from(pieces.keys())),
  ];
}

/** Of other groups nothing is taken for a Secret or a ConfigMap. */
function kindOf({ resource, group }: AdmissionRequest): string {
  return group === "" ? resource : resourceName(resource, group);
}

function nameOf({ name, generateName }: AnyObject): string {
  return [name, generateName].find((text): text is string => typeof text === "string") ?? "";
}

function isObject(value: unknown): value is AnyObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function within(what: string, { problem, remedy }: DialectProblem): DialectProblem {
  return { problem: `${what}: ${problem}`, remedy };
}

function notRead(what: string, failure: FailedReference): DialectProblem {
  const { reference, reason, message, remedy } = failure;
  const said = message === undefined ? "" : `: ${message}`;
  return {
    problem: `${what}: ${reference} cannot be read (${failure.status}, ${reason}${said})`,
    remedy: remedy ?? "Correct the reference, or the store's access list",
  };
}

function notAllowed(what: string, namespace: string): DialectProblem {
  return {
    problem: `${what} holds references, and no rule lets them be filled in objects of this kind in namespace ${namespace}`,
    remedy:
      'Let pods read the secret by themselves, or have a SecretSync write it into a Secret; or let those who run Sluice add a rule to the objects\' policy. If its references are for pods that take variables from it, annotate it sluice.dev/inject: "false"',
  };
}

function tooMany(what: string): DialectProblem {
  return {
    problem: `${what} has more than ${MOST_REFERENCES} references`,
    remedy: "Make several objects of it",
  };
}

function outOfTime(what: string): DialectProblem {
  return {
    problem: `${what}: its secrets could not be read within the time of the webhook`,
    remedy: "Try again",
  };
}

function stored(what: string): string {
  return `${what} holds references that nobody fills: no rule of the objects' policy is for it`;
}
