import { expectTypeOf, it } from "vitest";
import type { StoreDefinition } from "../provider/define-provider.js";
import type { SecretValue } from "../value/secret-value.js";
import { createSecretResolver } from "./create-secret-resolver.js";
import { memoryStore } from "./memory-provider.test-support.js";
import type { ReferenceOutcome } from "./reference-outcome.js";
import type { SecretChange } from "./secret-change.js";
import type { SecretResolver } from "./secret-resolver.js";

const { definition } = memoryStore();

/** Is only compiled: the compiler is what these tests run on. */
async function compiled(): Promise<void> {
  const secrets = createSecretResolver({ stores: { prod: definition, dev: definition } });
  expectTypeOf(secrets).toEqualTypeOf<SecretResolver<"prod" | "dev">>();

  await secrets.get("secret://prod/db");
  await secrets.get({ store: "dev", path: "db", key: "url" });
  // @ts-expect-error no store of that name
  await secrets.get("secret://prd/db");
  // @ts-expect-error no path
  await secrets.get("secret://prod");
  // @ts-expect-error not a reference
  await secrets.get("prod/db");
  // @ts-expect-error no store of that name
  await secrets.get({ store: "prd", path: "db" });
  // @ts-expect-error any text might name any store
  await secrets.get("secret://prod/db".trim());
  // @ts-expect-error no store of that name
  await secrets.getAll({ a: "secret://prod/a", b: "secret://prd/b" });
  // @ts-expect-error no store of that name
  await secrets.settle(["secret://prd/a"]);
  // @ts-expect-error no store of that name
  secrets.watch(["secret://prd/a"]);
  // @ts-expect-error no store of that name
  secrets.list("prd");

  const named = await secrets.getAll({ db: "secret://prod/db#url", key: "secret://dev/key" });
  expectTypeOf(named).toEqualTypeOf<{ db: SecretValue; key: SecretValue }>();
  // @ts-expect-error nothing of that name was asked for
  named.bd?.text();
  const pair = await secrets.getAll(["secret://prod/a", "secret://prod/b"]);
  expectTypeOf(pair).toEqualTypeOf<[SecretValue, SecretValue]>();
  // @ts-expect-error only two were asked for
  pair[2]?.text();
  const settled = await secrets.settle(["secret://prod/a"]);
  expectTypeOf(settled).toEqualTypeOf<[ReferenceOutcome]>();
  const wanted: `secret://prod/${string}`[] = [];
  expectTypeOf(await secrets.getAll(wanted)).toEqualTypeOf<SecretValue[]>();
  expectTypeOf(secrets.watch(["secret://prod/a"])).toExtend<AsyncIterable<SecretChange>>();

  const stores: Record<string, StoreDefinition> = { [String(Math.random())]: definition };
  const dynamic = createSecretResolver({ stores });
  expectTypeOf(dynamic).toEqualTypeOf<SecretResolver>();
  const reference: string = "secret://any/thing";
  await dynamic.get(reference);
  await dynamic.get({ store: reference, path: "db" });
  const many: Record<string, string> = {};
  expectTypeOf(await dynamic.getAll(many)).toEqualTypeOf<Record<string, SecretValue>>();
}

it("has types that know the stores and what was asked for", () => {
  expectTypeOf(compiled).returns.resolves.toBeVoid();
});
