import { describe, expect, it } from "vitest";
import type { Container, Pod } from "../pod/pod.js";
import { hasReferenceSyntax } from "../reference/template.js";
import type { Dialect, ObjectNeed, Scope } from "./dialect.js";
import { readContainer } from "./plan-container.js";
import { environmentNeeds } from "./written-environment.js";

const native: Dialect = {
  name: "native",
  appliesTo: () => true,
  readVariable: ({ text }) => (hasReferenceSyntax(text) ? { text } : undefined),
};

/** `MARK_X=path` sets X; `NAME@vault` reads a value whole; `?` at the end makes it optional. */
const other: Dialect = {
  name: "other",
  appliesTo: () => true,
  readVariable: ({ name, text }) => {
    if (text === "broken@vault") return { problem: "It is broken", remedy: "Mend it" };
    if (name.startsWith("MARK_")) return { text: `secret://v/${text}`, name: name.slice(5) };
    const [, path, optional] = /^([a-z]+)@vault(\?)?$/.exec(text) ?? [];
    return path === undefined ? undefined : { text: `secret://v/${path}`, optional: optional === "?" };
  },
};

const OBJECTS: Readonly<Record<string, unknown>> = {
  "ConfigMap/settings": { data: { HOST: "db.svc", PW: "secret://prod/db#pw", "not-$(HOST)": "x$(HOST)" } },
  "Secret/whole": { data: { KEY: Buffer.from("key@vault").toString("base64") } },
  "Secret/keys": {
    data: {
      KEY: Buffer.from("key@vault").toString("base64"),
      PLAIN: Buffer.from("hunter2").toString("base64"),
      MIXED: Buffer.from("hunter2:${secret://prod/a}").toString("base64"),
    },
  },
};

function read(
  container: Partial<Container>,
  spec: Partial<Pod["spec"]> = {},
  isHidden: (need: ObjectNeed) => boolean = () => false,
  dialects: readonly Dialect[] = [native, other],
) {
  const whole: Container = { name: "web", ...container };
  const scope: Scope = {
    pod: { spec: { containers: [whole], ...spec } },
    namespace: "shop",
    namespaceLabels: {},
    objects: {
      isHidden,
      find: ({ kind, name }: ObjectNeed) => OBJECTS[`${kind}/${name}`] as Record<string, unknown> | undefined,
    },
  };
  return readContainer(whole, "app", dialects, scope);
}

const env = (variables: Readonly<Record<string, string>>) =>
  Object.entries(variables).map(([name, value]) => ({ name, value }));

describe("what a container asks for", () => {
  it("is the variables that a dialect knows, and no others", () => {
    const reading = read({
      env: env({ A: "plain", B: "secret://prod/b", C: "x${secret://prod/c}", D: "d@vault", E: "" }),
    });
    expect(reading).toEqual({
      container: "web",
      kind: "app",
      env: { B: "secret://prod/b", C: "x${secret://prod/c}", D: "secret://v/d" },
      optional: [],
      remove: [],
      spread: [],
      files: [],
      problems: [],
    });
  });

  it("follows a secret through every variable that is made from it", () => {
    const { env: planned } = read({
      env: env({
        PW: "pw@vault",
        HOST: "db",
        URL: "pg://u:$(PW)@$(HOST)/x",
        COPY: "$(PW)",
        NESTED: "<$(URL)>",
        ESCAPED: "$$(PW)",
        UNKNOWN: "$(NOBODY)$(PW)",
      }),
    });
    expect(planned).toEqual({
      PW: "secret://v/pw",
      URL: "pg://u:${secret://v/pw}@db/x",
      COPY: "${secret://v/pw}",
      NESTED: "<pg://u:${secret://v/pw}@db/x>",
      UNKNOWN: "$(NOBODY)${secret://v/pw}",
    });
  });

  it("expands what is plain inside a reference", () => {
    expect(
      read({ env: env({ STAGE: "prod", A: "secret://$(STAGE)/a", B: "x${secret://$(STAGE)/b}" }) }).env,
    ).toEqual({
      A: "secret://prod/a",
      B: "x${secret://prod/b}",
    });
  });

  it("leaves to the launcher what only the node knows", () => {
    const container = {
      env: [
        { name: "IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
        ...env({ A: "http://$(IP):${secret://prod/a}@$(CACHE_SERVICE_HOST)", B: "$(IP)" }),
      ],
    };
    expect(read(container).env).toEqual({
      A: ["http://", { var: "IP" }, ":${secret://prod/a}@", { var: "CACHE_SERVICE_HOST" }],
    });
    expect(read(container, { enableServiceLinks: false }).env["A"]).toEqual([
      "http://",
      { var: "IP" },
      ":${secret://prod/a}@$(CACHE_SERVICE_HOST)",
    ]);
  });

  it.each([
    "secret://prod/$(IP)",
    "x${secret://prod/$(IP)}",
    "secret://$(IP)/a",
    "${secret://$(IP)",
    "secret://prod/$(PW)",
    "${secret://$(PW)}",
  ])("refuses a reference made from what only the node knows: %s", (value) => {
    const container = {
      env: [
        { name: "IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
        { name: "PW", value: "secret://prod/pw" },
        { name: "A", value },
      ],
    };
    expect(read(container).problems).toEqual([
      {
        problem: expect.stringContaining("Variable A has a malformed reference"),
        remedy: expect.any(String),
      },
    ]);
  });

  it("looks into ConfigMaps and Secrets, whole or by key, and expands nothing in them", () => {
    const container: Partial<Container> = {
      envFrom: [{ prefix: "S_", configMapRef: { name: "settings" } }, { secretRef: { name: "whole" } }],
      env: [
        { name: "ONE", valueFrom: { configMapKeyRef: { name: "settings", key: "PW" } } },
        { name: "TWO", valueFrom: { secretKeyRef: { name: "keys", key: "KEY" } } },
        { name: "NONE", valueFrom: { secretKeyRef: { name: "gone", key: "KEY", optional: true } } },
        { name: "URL", value: "$(S_HOST):$(S_PW)" },
      ],
    };
    expect(read(container).env).toEqual({
      S_PW: "secret://prod/db#pw",
      KEY: "secret://v/key",
      ONE: "secret://prod/db#pw",
      TWO: "secret://v/key",
      URL: "db.svc:${secret://prod/db#pw}",
    });
    expect(
      environmentNeeds({ name: "web", ...container }).map(({ kind, name }) => `${kind}/${name}`),
    ).toEqual(["ConfigMap/settings", "Secret/whole", "Secret/keys", "Secret/gone"]);
  });

  it("writes nothing of a Secret into the plan but references", () => {
    const container: Partial<Container> = {
      env: [
        { name: "PW", valueFrom: { secretKeyRef: { name: "keys", key: "PLAIN" } } },
        { name: "URL", value: "pg://$(PW)@${secret://prod/host}" },
        { name: "MIXED", valueFrom: { secretKeyRef: { name: "keys", key: "MIXED" } } },
      ],
    };
    const reading = read(container);
    expect(reading.env).toEqual({ URL: ["pg://", { var: "PW" }, "@${secret://prod/host}"] });
    expect(reading.problems).toEqual([
      { problem: expect.stringContaining("Variable MIXED comes from a Secret"), remedy: expect.any(String) },
    ]);
    expect(JSON.stringify(reading)).not.toContain("hunter2");
  });

  it("leaves to the launcher what an object will have, or what nobody may look at", () => {
    const key = { name: "later", key: "K" };
    const container: Partial<Container> = {
      envFrom: [{ configMapRef: { name: "later" } }],
      env: [
        { name: "MUST", valueFrom: { configMapKeyRef: key } },
        { name: "MAY", valueFrom: { configMapKeyRef: { ...key, optional: true } } },
        { name: "ODD", valueFrom: { configMapKeyRef: { name: "settings", key: "constructor" } } },
        { name: "URL", value: "${secret://prod/a}$(MUST)$(FROM_LATER)" },
      ],
    };
    expect(read(container).env).toEqual({
      URL: ["${secret://prod/a}", { var: "MUST" }, { var: "FROM_LATER" }],
    });
    const named = {
      ...container,
      envFrom: [],
      env: [...(container.env ?? []), ...env({ X: "${secret://p/a}$(MAY)" })],
    };
    expect(read(named).env["X"]).toBe("${secret://p/a}$(MAY)");
    expect(read(named, {}, () => true).env["X"]).toEqual(["${secret://p/a}", { var: "MAY" }]);
  });

  it("refuses two notations in one text, of which the first to read it would leave the other", () => {
    const braces: Dialect = {
      ...other,
      readVariable: ({ text }) => (text.includes("${vault:") ? { text: "secret://v/x" } : undefined),
    };
    const readBoth = (value: string) => read({ env: env({ A: value }) }, {}, () => false, [native, braces]);
    const mixed = readBoth("${secret://prod/a}:${vault:b}");
    expect(mixed.problems.map(({ problem }) => problem)).toEqual([
      "Variable A has references of two notations in one text",
    ]);
    expect(readBoth("${secret://prod/a}:$${secret://prod/b}").problems).toEqual([]);
  });

  it.each(["key@vault$(IP)", "key@vault$(PW)", "$(PW)key@vault"])(
    "refuses a reference of another notation that would stay as it is written: %s",
    (value) => {
      const container = {
        env: [
          { name: "IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
          ...env({ PW: "secret://prod/pw", A: value }),
        ],
      };
      expect(read(container).problems).toEqual([
        {
          problem: expect.stringContaining("Variable A has a reference beside $(NAME)"),
          remedy: expect.any(String),
        },
      ]);
    },
  );

  it("lets a later variable of a name win, plain or not", () => {
    const variables = [
      ...env({ A: "secret://prod/a", B: "plain" }),
      ...env({ A: "plain", B: "secret://prod/b" }),
    ];
    expect(read({ env: variables }).env).toEqual({ B: "secret://prod/b" });
  });

  it("sets another name where the notation says so, and takes the notation away", () => {
    expect(read({ env: env({ MARK_DB: "db", URL: "$(DB)" }) })).toMatchObject({
      env: { DB: "secret://v/db", URL: "${secret://v/db}" },
      remove: ["MARK_DB"],
    });
  });

  it("does not let variables that double each other grow without end", () => {
    const doubling = Array.from({ length: 60 }, (_, index) => [`V${index + 1}`, `$(V${index})$(V${index})`]);
    const { env: planned, problems } = read({
      env: env({
        V0: "0123456789",
        ...Object.fromEntries(doubling),
        A: "$(V60)${secret://prod/a}",
        B: "$(V1)",
      }),
    });
    expect(Object.keys(planned)).toEqual(["A"]);
    expect(JSON.stringify(planned).length).toBeLessThan(4 * 1024 * 1024);
    expect(problems).toEqual([]);
    const secret = read({ env: env({ V0: "${secret://prod/a}", ...Object.fromEntries(doubling) }) });
    expect(secret.problems[0]?.problem).toContain("more than 131071 bytes");
  });

  it("knows what may be missing, also in what is made from it", () => {
    expect(read({ env: env({ A: "a@vault?", B: "b@vault", C: "$(B)$(A)" }) }).optional).toEqual(["A", "C"]);
  });

  it("has every problem", () => {
    const { problems } = read({ env: env({ A: "broken@vault", B: "broken@vault" }) });
    expect(problems).toEqual([
      { problem: "It is broken", remedy: "Mend it" },
      { problem: "It is broken", remedy: "Mend it" },
    ]);
  });
});
