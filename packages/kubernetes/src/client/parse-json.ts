import { KubernetesError } from "../errors/kubernetes-error.js";

/** Parses what the server sent. The parser's message is dropped, for it quotes the text. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch {
    throw notTheApi("not-json");
  }
}

/** What an answer of no use is reported as. */
export function notTheApi(reason: string): KubernetesError {
  return new KubernetesError({
    kind: "protocol",
    reason,
    problem: `answered what is none of it (${reason})`,
  });
}
