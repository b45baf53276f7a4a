import { beforeAll, expect, it } from "vitest";
import { describeOnKeyVault } from "../../../test/servers/key-vault-suite.js";
import { registerWeb } from "./applications.js";
import { write } from "./call.js";
import { contextOf, openAzure, requestOf } from "./support.js";

await describeOnKeyVault("a store that has not spoken to its vault yet", (server) => {
  beforeAll(async () => {
    await registerWeb(server);
    for (const name of ["first-0", "first-1"]) await write(server, name, "v");
  });

  it("does not let all wait for a first call that gets no answer", async () => {
    await server.fail({ match: "GET /secrets/first-0[/?]", hang: true });
    const azure = openAzure(server);
    const signal = AbortSignal.timeout(1_500);
    const hanging = azure.resolve([requestOf("first-0")], contextOf({ signal }));
    const others = azure.resolve([requestOf("first-1")], contextOf());
    await expect(hanging).rejects.toMatchObject({ name: "TimeoutError" });
    expect((await others)[0]?.status).toBe("found");
    await server.fail();
    await azure[Symbol.asyncDispose]?.();
  });
});
