import { describe, expect, it } from "vitest";
import { admissionWith, ASKING, denial, mutated, pod, web } from "./file-pods.js";
import { SETTINGS } from "./support.js";

describe("a pod is denied", () => {
  it.each<[string, Readonly<Record<string, string>>, string]>([
    ["a malformed reference", { "sluice.dev/file.a": "secret://Prod/x" }, "store name"],
    ["an unknown format", { ...ASKING, "sluice.dev/file-format.db": "xml" }, "is not a format"],
    ["a mode that is none", { ...ASKING, "sluice.dev/file-mode.db": "rw" }, "octal"],
    ["a detail of no file", { "sluice.dev/file-mode.x": "0400" }, "names no file"],
    ["a detail that is none", { ...ASKING, "sluice.dev/file-owner.db": "1" }, "is not known"],
    [
      "a template without a store",
      { ...ASKING, "sluice.dev/file-format.db": "go-template" },
      "without a store",
    ],
    ["PKCS#12 without a password", { ...ASKING, "sluice.dev/file-format.db": "pkcs12" }, "no password"],
    [
      "a line that is none",
      { "sluice.dev/file.a": "x", "sluice.dev/file-format.a": "json" },
      "neither NAME=TEXT",
    ],
    [
      "a spread of one field",
      { "sluice.dev/file.a": "secret://prod/a#b", "sluice.dev/file-format.a": "json" },
      "names one field",
    ],
    ["a path that climbs", { ...ASKING, "sluice.dev/file-path.db": "/secrets/../x" }, '".."'],
    ["a path that is not absolute", { ...ASKING, "sluice.dev/file-path.db": "db" }, "no absolute path"],
    ["a folder that the image needs", { ...ASKING, "sluice.dev/file-path.db": "/etc/db" }, 'into "/etc"'],
    [
      "a folder that is not allowed",
      { ...ASKING, "sluice.dev/file-path.db": "/usr/lib/x/db" },
      'into "/usr/lib/x"',
    ],
    [
      "the folder of the pod's own token",
      { ...ASKING, "sluice.dev/file-path.db": "/var/run/secrets/kubernetes.io/serviceaccount/db" },
      "kubernetes.io",
    ],
    [
      "the launcher's token",
      { ...ASKING, "sluice.dev/file-path.db": "/var/run/secrets/sluice/db" },
      "sluice",
    ],
    [
      "a template that computes what it reads",
      {
        "sluice.dev/file.a": '{{ secret (print "a") }}',
        "sluice.dev/file-format.a": "go-template",
        "sluice.dev/file-store.a": "vault",
      },
      "only its rendering can tell",
    ],
    [
      "a template that is none",
      {
        "sluice.dev/file.a": 'a\nb {{ with secret "x" }}',
        "sluice.dev/file-format.a": "go-template",
        "sluice.dev/file-store.a": "vault",
      },
      'template "/secrets/a", line 2, column 6: unexpected EOF: with has no end',
    ],
    [
      "a template with a function that there is none of",
      {
        "sluice.dev/file.a": "{{ tirm .Data }}",
        "sluice.dev/file-format.a": "go-template",
        "sluice.dev/file-store.a": "vault",
      },
      'template "/secrets/a", line 1, column 4: function "tirm" is not defined. Did you mean trim?',
    ],
    ["an unknown source", { "sluice.dev/source": "unix" }, "is none of"],
  ])("files 2.4 and 4.2 for %s", async (_, annotations, why) => {
    expect(await denial(pod(annotations))).toContain(why);
  });

  it("where it mounts something of its own in the place", async () => {
    const volumeMounts = [{ name: "mine", mountPath: "/secrets/mine" }];
    expect(await denial(pod(ASKING, [{ ...web, volumeMounts }]))).toContain("mounts something of its own");
  });

  it("where its own names are in the way", async () => {
    expect(await denial(pod(ASKING, [web, { ...web, name: "sluice-write-web" }]))).toContain("Rename it");
    const volumes = [{ name: "sluice-files-web-0", hostPath: { path: "/" } }];
    expect(await denial(pod(ASKING, [web], { volumes }))).toContain("Rename it");
  });

  it("where nobody writes files, and where root wants its variables from one", async () => {
    expect(await denial(pod(ASKING), admissionWith(SETTINGS))).toContain("--writer-image");
    const root = { ...web, securityContext: { runAsUser: 0 } };
    expect(await denial(pod({ "sluice.dev/source": "file" }, [root]))).toContain("other than root");
  });

  it("but not where it does not ask", async () => {
    const subject = pod({ ...ASKING, "sluice.dev/inject": "false" });
    expect(await mutated(subject)).toEqual(subject);
  });
});
