import type { JsonSchema } from "../provider/json-schema.js";
import type { Dialect } from "./dialect.js";

/** A dialect that a mode's settings say something about. */
export interface DialectDefinition {
  /** The dialect's own {@link Dialect.name}. */
  readonly name: string;
  /** As {@link Dialect.readsObjects}. */
  readonly readsObjects?: boolean;
  /** What the settings may say of it: JSON Schemas by the keys of their sections. */
  readonly sections?: Readonly<Record<string, JsonSchema>>;
  /** Whether it is read where the settings list no dialects; it is by default. */
  isRead?(settings: Readonly<Record<string, unknown>>): boolean;
  /** Makes it, from all settings, checked against their schemas. Again whenever they change. */
  create(settings: Readonly<Record<string, unknown>>): Dialect;
}

/** A dialect that is known by its name, and loaded when a mode reads notations. */
export interface LazyDialect {
  /** The dialect's own {@link Dialect.name}. */
  readonly name: string;
  readonly load: () => Promise<Dialect | DialectDefinition>;
}

/** A dialect as an injector is given it. */
export type RegisteredDialect = Dialect | DialectDefinition | LazyDialect;

/**
 * The definition of a registered dialect, imported if it is not there yet.
 *
 * @throws what importing it throws.
 */
export async function loadDialect(registered: RegisteredDialect): Promise<DialectDefinition> {
  const dialect = "load" in registered ? await registered.load() : registered;
  if ("create" in dialect) return dialect;
  const { name, readsObjects = false } = dialect;
  return { name, readsObjects, create: () => dialect };
}
