import { formatReference, isStoreName } from "@sluice/core";
import type { Dialect } from "@sluice/core/dialect";

const ANNOTATION = "acme.example/keyring";
const WRITTEN = /^acme:([\w/-]+)$/;

/** `acme:PATH` as the whole value, in pods whose annotation `acme.example/keyring` names the store. */
export function acmeNotation(): Dialect {
  return {
    name: "acme",
    appliesTo: ({ metadata }) => metadata?.annotations?.[ANNOTATION] !== undefined,
    readVariable: ({ name, text }, { pod }) => {
      if (!text.startsWith("acme:")) return undefined;
      const [, path] = WRITTEN.exec(text) ?? [];
      if (path === undefined)
        return { problem: `Variable ${name} holds no acme:PATH`, remedy: "Write it as in acme:shop/db" };
      const store = pod.metadata?.annotations?.[ANNOTATION] ?? "";
      if (!isStoreName(store))
        return { problem: `Annotation ${ANNOTATION} names no store`, remedy: "Write a store's name there" };
      return { text: formatReference({ store, path }) };
    },
  };
}
