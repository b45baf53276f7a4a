import { PlanError } from "../errors/plan-error.js";

/** What a reader of plans holds to before it looks at what one says. */
export interface PlanReader {
  /** What messages call it: "The plan". */
  readonly what: string;
  /** Most bytes of its text. */
  readonly bytes: number;
  /** Version that the reader knows. */
  readonly version: number;
  /** Critical features that the reader knows. */
  readonly known: readonly string[];
  /** What to do about one that is too large, and about one that is malformed. */
  readonly remedies: { readonly tooLarge: string; readonly malformed: string };
}

/**
 * A plan's text as an object that this reader may act on; its shape is not looked at yet.
 *
 * @throws PlanError when it is too large, no JSON object, or needs a later reader.
 */
export function readPlanObject(text: string, reader: PlanReader): Readonly<Record<string, unknown>> {
  const bytes = Buffer.byteLength(text);
  if (bytes > reader.bytes)
    throw new PlanError(
      `${reader.what} has ${bytes} bytes, ${reader.bytes} at most`,
      reader.remedies.tooLarge,
    );
  const plan = parseObject(text, reader);
  refuseNewer(plan, reader);
  return plan;
}

function parseObject(text: string, { what, remedies }: PlanReader): Readonly<Record<string, unknown>> {
  let plan: unknown;
  try {
    plan = JSON.parse(text);
  } catch {
    throw new PlanError(`${what} is not JSON`, remedies.malformed);
  }
  if (typeof plan === "object" && plan !== null && !Array.isArray(plan))
    return plan as Readonly<Record<string, unknown>>;
  throw new PlanError(`${what} is not a JSON object`, remedies.malformed);
}

/** Before anything else is looked at: what a later version means by the rest is not ours to judge. */
export function refuseNewer(
  { minReader, critical }: Readonly<Record<string, unknown>>,
  { what, version, known }: PlanReader,
): void {
  if (typeof minReader === "number" && minReader > version)
    throw new PlanError(
      `${what} needs a reader of version ${minReader}; this is version ${version}`,
      UPGRADE,
    );
  const unknown = Array.isArray(critical)
    ? critical.filter((feature): feature is string => typeof feature === "string" && !known.includes(feature))
    : [];
  if (unknown.length > 0)
    throw new PlanError(
      `${what} needs what this version does not know: ${unknown.slice(0, 8).join(", ")}`,
      UPGRADE,
    );
}

const UPGRADE = "Upgrade this part of Sluice before the webhook";
