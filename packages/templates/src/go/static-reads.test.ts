import { expect, it } from "vitest";
import { parseGoTemplate } from "./parse-go-template.js";
import { staticReads } from "./static-reads.js";

const read = (path: string): object => ({ kind: "read", path, args: {} });

it.each([
  [
    '{{ with secret "a" }}{{ secret "b" }}{{ else }}{{ secret "c" }}{{ end }}',
    [read("a")],
    [read("b"), read("c")],
    false,
  ],
  ['{{ $x := secret "a" }}{{ print (secret "b").Data }}', [read("a"), read("b")], [], false],
  ['{{ and (secret "a") (secret "b") }}', [read("a")], [read("b")], false],
  ['{{ define "t" }}{{ secret "a" }}{{ end }}', [], [read("a")], false],
  ['{{ "a" | secret }}{{ secret (print "a") }}', [], [], true],
  ['{{ secret "a" "k=v" }}', [{ kind: "write", path: "a", args: { k: "v" } }], [], false],
  ['{{ secrets "a/" }}', [{ kind: "list", path: "a", args: {} }], [], false],
  ['{{ pkiCert "a" "k=v" }}', [{ kind: "certificate", path: "a", args: { k: "v" } }], [], false],
  ['{{ secret "" }}{{ secret }}', [], [], false],
])("%j", (text, certain, possible, hasComputed) => {
  expect(staticReads(parseGoTemplate("t", text))).toEqual({ certain, possible, hasComputed });
});
