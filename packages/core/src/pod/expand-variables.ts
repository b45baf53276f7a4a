/** Literal text, or the name of a variable that stands in its place. */
export type ExpandedPart = string | { readonly name: string };

/**
 * Splits a text as the kubelet expands it: `$(NAME)` is a variable, `$$` a literal `$`, and everything else is
 * what it is, an unclosed `$(` too. A name that `isKnown` does not know stays as it is written.
 *
 * Source of the rule: third_party/forked/golang/expansion in k8s.io/kubernetes.
 */
export function expandVariables(text: string, isKnown: (name: string) => boolean): ExpandedPart[] {
  const parts: ExpandedPart[] = [];
  let literal = "";
  // Where the next one closes, looked for again only when it lies behind: a text may be long and hostile.
  let close = 0;
  for (let at = 0; at < text.length; at += 1) {
    const next = text[at + 1];
    if (text[at] !== "$" || next === undefined) {
      literal += text[at];
      continue;
    }
    if (close !== -1 && close < at + 2) close = text.indexOf(")", at + 2);
    if (next === "$") {
      literal += "$";
      at += 1;
    } else if (next !== "(" || close === -1) {
      // The kubelet takes the character after a lone dollar along, whatever it is.
      literal += text[at] + next;
      at += 1;
    } else {
      const name = text.slice(at + 2, close);
      if (isKnown(name)) {
        if (literal !== "") parts.push(literal);
        literal = "";
        parts.push({ name });
      } else literal += `$(${name})`;
      at = close;
    }
  }
  if (literal !== "") parts.push(literal);
  return parts;
}
