import { type Answer, type Asked, give, refuse } from "./answer.js";
import type { ObjectStore } from "./object-store.js";

const MOST = 25;

/** A page of the names of one kind of objects. */
export function answerList(store: ObjectStore, address: string, kind: string, { query }: Asked): Answer {
  const size = Number(query.get("maxresults") ?? MOST);
  if (!(size >= 1 && size <= MOST)) return refuse(400, "BadParameter");
  const from = Number(query.get("$skiptoken") ?? 0);
  const names = store.names();
  const value = names.slice(from, from + size).map((name) => {
    const id = `${address}/${kind}/${name}`;
    const { contentType, managed } = store.find(name)?.fields ?? {};
    return {
      ...(kind === "keys" ? { kid: id } : { id }),
      attributes: store.find(name)?.attributes,
      contentType,
      managed,
    };
  });
  const next = new URLSearchParams({ "api-version": query.get("api-version") ?? "", maxresults: `${size}` });
  next.set("$skiptoken", String(from + size));
  const nextLink = from + size < names.length ? `${address}/${kind}?${next.toString()}` : null;
  return give({ value, nextLink });
}
