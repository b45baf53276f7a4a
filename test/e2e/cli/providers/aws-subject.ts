import { randomUUID } from "node:crypto";
import { startAws } from "../../../servers/aws.js";
import type { Unavailable } from "../../../servers/shared/server.js";
import { callMoto, MOTO_ENVIRONMENT, MOTO_REGION } from "./call-moto.js";
import type { CliSubject, StoreSetup } from "./cli-subject.js";

/** A service of AWS, as a call names it. */
export interface AwsService {
  readonly provider: string;
  readonly name: string;
  /** What an operation's name is preceded by. */
  readonly target: string;
  readonly write: (path: string, text: string) => readonly [operation: string, input: object];
  readonly read: (path: string) => readonly [operation: string, input: object];
  readonly textOf: (answer: unknown) => string;
}

/** Parameter Store. */
export const PARAMETER_STORE: AwsService = {
  provider: "ssm",
  name: "ssm",
  target: "AmazonSSM",
  write: (Name, Value) => ["PutParameter", { Name, Value, Type: "SecureString" }],
  read: (Name) => ["GetParameter", { Name, WithDecryption: true }],
  textOf: (answer) => (answer as { Parameter: { Value: string } }).Parameter.Value,
};

/** A store of this service on moto; refused on a second moto, which enforces IAM and knows nobody. */
export async function openAws(service: AwsService): Promise<CliSubject | Unavailable> {
  const server = await startAws();
  if (server.kind === "unavailable") return server;
  // Access control is the whole server's, so it is not switched on at one that others use as well.
  const strict = process.env["SLUICE_AWS_ENDPOINT"] === undefined ? await startAws() : undefined;
  const isStrict = strict?.kind === "running";
  if (isStrict) await fetch(`${strict.address}/moto-api/reset-auth`, { method: "POST", body: "0" });
  const setup = (endpoint: string): StoreSetup => ({
    options: { provider: service.provider, region: MOTO_REGION, endpoint },
    env: MOTO_ENVIRONMENT,
  });
  const prefix = `cli-${randomUUID()}`;
  return {
    store: setup(server.address),
    refused: isStrict ? { strangers: setup(strict.address) } : {},
    at: async (address) => setup(address),
    misspelt: ["endpiont", "endpoint"],
    path: (name) => `${prefix}-${name}`,
    write: async (path, text) => {
      const response = await callMoto(server.address, service, ...service.write(path, text));
      if (!response.ok) throw new Error(`moto answers ${response.status}`);
    },
    read: async (path) => {
      const response = await callMoto(server.address, service, ...service.read(path));
      return response.ok ? service.textOf(await response.json()) : undefined;
    },
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      if (isStrict) await strict.stop();
    },
  };
}
