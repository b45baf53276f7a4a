import { changeDockerConfig } from "./change-docker-config.js";
import { decodedText, plainText } from "./plain-text.js";

/** An object as the API server sends it. */
export type AnyObject = Readonly<Record<string, unknown>>;

/** A text that may hold references; where it is says `place`, as in `data.password`. */
export interface TextPiece {
  readonly place: string;
  readonly text: string;
}

/** Says what takes a piece's place; `undefined` where it stays. */
export type ChangePiece = (piece: TextPiece) => Uint8Array | undefined;

/** A member of an object that is text. */
export interface TextPlace {
  /** JSON Pointer, as in patches. */
  readonly pointer: string;
  /** What it holds, as it is written. */
  readonly written: string;
  /**
   * The member with its pieces changed; all of it where it is a text, user names, passwords and more where it is a
   * registry login.
   *
   * @throws NotTextError
   */
  changed(change: ChangePiece): string;
}

/**
 * The texts of an object: of Secrets and ConfigMaps their entries, base64 taken off, of any other object all that is
 * said outside of metadata and status. What is no UTF-8 is no text.
 */
export function* textPlaces(resource: string, object: AnyObject): Generator<TextPlace> {
  switch (resource) {
    case "secrets":
      yield* entriesOf(object, "data", secretPlace);
      yield* entriesOf(object, "stringData", plainPlace);
      return;
    case "configmaps":
      yield* entriesOf(object, "data", plainPlace);
      yield* entriesOf(object, "binaryData", encodedPlace);
      return;
    default:
      for (const [name, value] of Object.entries(object))
        if (!NOT_LOOKED_AT.has(name)) yield* textsIn(value, [name]);
  }
}

const NOT_LOOKED_AT: ReadonlySet<string> = new Set(["apiVersion", "kind", "metadata", "status"]);
const LOGIN_FILES: ReadonlySet<string> = new Set([".dockerconfigjson", ".dockercfg"]);

type MakePlace = (path: readonly string[], written: string) => TextPlace;

function* entriesOf(object: AnyObject, member: string, make: MakePlace): Generator<TextPlace> {
  const entries = object[member];
  if (typeof entries !== "object" || entries === null) return;
  for (const [key, written] of Object.entries(entries))
    if (typeof written === "string") yield make([member, key], written);
}

function* textsIn(value: unknown, path: readonly string[]): Generator<TextPlace> {
  if (typeof value === "string") yield plainPlace(path, value);
  else if (typeof value === "object" && value !== null)
    for (const [key, entry] of Object.entries(value)) yield* textsIn(entry, [...path, key]);
}

function plainPlace(path: readonly string[], written: string): TextPlace {
  const changed = (change: ChangePiece): string => {
    const bytes = change({ place: path.join("."), text: written });
    return bytes === undefined ? written : plainText(bytes);
  };
  return { pointer: pointerOf(path), written, changed };
}

function encodedPlace(path: readonly string[], written: string): TextPlace {
  const changed = (change: ChangePiece): string => {
    const text = decodedText(written);
    const bytes = text === undefined ? undefined : change({ place: path.join("."), text });
    return bytes === undefined ? written : Buffer.from(bytes).toString("base64");
  };
  return { pointer: pointerOf(path), written, changed };
}

function secretPlace(path: readonly string[], written: string): TextPlace {
  if (!LOGIN_FILES.has(path.at(-1) ?? "")) return encodedPlace(path, written);
  const changed = (change: ChangePiece): string => {
    const text = decodedText(written);
    const file = text === undefined ? undefined : changeDockerConfig(text, path.join("."), change);
    // What is no such file is the API server's to refuse; the references in it are looked at all the same.
    if (file === undefined) return encodedPlace(path, written).changed(change);
    return file === text ? written : Buffer.from(file).toString("base64");
  };
  return { pointer: pointerOf(path), written, changed };
}

function pointerOf(path: readonly string[]): string {
  return path.map((part) => `/${part.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
