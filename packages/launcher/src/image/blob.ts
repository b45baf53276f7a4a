import { createHash } from "node:crypto";

/** A content-addressed piece of an image, with what refers to it (OCI image specification, descriptor.md). */
export interface Blob {
  readonly content: Uint8Array;
  readonly descriptor: Descriptor;
}

/** What refers to a blob. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** A blob of bytes. */
export function blob(mediaType: string, content: Uint8Array): Blob {
  const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
  return { content, descriptor: { mediaType, digest, size: content.length } };
}

/** A blob of JSON. */
export function jsonBlob(mediaType: string, value: unknown): Blob {
  return blob(mediaType, Buffer.from(JSON.stringify(value)));
}
