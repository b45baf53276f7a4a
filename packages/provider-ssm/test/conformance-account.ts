import { randomInt, randomUUID } from "node:crypto";
import type { StoreDefinition } from "@sluice/core";
import type { Subject, SubjectHooks, Workload } from "@sluice/provider-conformance";
import type { DelegationOptions } from "../src/index.js";
import { ENVIRONMENT } from "./environment.js";
import type { Moto } from "./open-moto.js";
import { startProxy, type Answer, type Call, type RecordingProxy } from "./recording-proxy.js";

/** An account of moto that nobody else uses, and the ways into it. */
export interface Account {
  readonly proxy: RecordingProxy;
  /** For the other way in, without the provider: what it asks is not counted. */
  readonly config: object;
  close(): Promise<void>;
}

/** Opens a new account. */
export async function openAccount({ direct }: Moto, account = newAccount()): Promise<Account> {
  const proxy = await startProxy(direct, account);
  const side = await startProxy(direct, account);
  const credentials = { accessKeyId: ENVIRONMENT.AWS_ACCESS_KEY_ID, secretAccessKey: "test" };
  return {
    proxy,
    config: { endpoint: side.address, region: ENVIRONMENT.AWS_REGION, credentials },
    close: async () => {
      await proxy.close();
      await side.close();
    },
  };
}

/** A number that no other account has. */
function newAccount(): string {
  return String(randomInt(1e11, 1e12));
}

type Secret = Pick<Subject, "path" | "write">;

/** Situations that AWS brings about by how it answers, whichever service it is. */
export function answeredSituations(
  { proxy }: Account,
  { path, write }: Secret,
  store: (endpoint: string) => StoreDefinition,
): Partial<SubjectHooks> & AsyncDisposable {
  const answers = new Map<string, Answer>();
  proxy.intercept(({ body }: Call) => {
    for (const [part, answer] of answers) if (body.includes(part)) return answer;
    return undefined;
  });
  const silent: Promise<RecordingProxy>[] = [];
  const answering = async (answer: Answer): Promise<RecordingProxy> => {
    const started = startProxy("http://127.0.0.1:1");
    silent.push(started);
    const other = await started;
    other.intercept(() => answer);
    return other;
  };
  const situation = async (text: string, name: string): Promise<{ path: string }> => {
    const at = path(`${name}-${randomUUID()}`);
    await write(at, text);
    answers.set(at, { status: 400, body: JSON.stringify({ __type: name, message: text }) });
    return { path: at };
  };
  return {
    denied: async (text) => situation(text, "AccessDeniedException"),
    malformed: async (text) => situation(text, "InvalidKeyId"),
    throttled: async () => {
      const at = path("throttled");
      await write(at, "x");
      const headers = { "retry-after": "3" };
      answers.set(at, { status: 400, headers, body: '{"__type":"ThrottlingException"}' });
      return { path: at, retryAfterMs: 3000 };
    },
    unreachable: async () => ({ path: path("unreachable"), store: store("http://127.0.0.1:1") }),
    hanging: async () => {
      const other = await answering("hang");
      return { path: path("hanging"), store: store(other.address), underWay: () => other.underWay() };
    },
    brokenListing: async () => store((await answering({ status: 500, body: "{}" })).address),
    unusable: async () => store("http://127.0.0.1:1"),
    [Symbol.asyncDispose]: async () => {
      for (const each of silent) await (await each).close();
    },
  };
}

/** Two workloads whose roles are in accounts of their own, which is how moto tells them apart. */
export function twoWorkloads(
  moto: Moto,
  path: Subject["path"],
  plant: (account: Account, path: string, text: string) => Promise<void>,
): { readonly delegation: DelegationOptions; readonly workloads: SubjectHooks["workloads"] } {
  const [one, other] = [newWorkload(), newWorkload()] as const;
  const planted = async ({ id, subject, name }: ReturnType<typeof newWorkload>): Promise<Workload> => {
    const text = `text of ${name}`;
    const account = await openAccount(moto, id);
    await plant(account, path(name), text);
    await account.close();
    const getToken = async (): Promise<string> => `token of ${name}`;
    return { identity: { kind: "delegated", cacheKey: name, subject, getToken }, path: path(name), text };
  };
  return {
    delegation: {
      roleArn: roleOf(newAccount()),
      roles: { [one.subject]: roleOf(one.id), [other.subject]: roleOf(other.id) },
    },
    workloads: async () => [await planted(one), await planted(other)],
  };
}

function newWorkload() {
  const name = randomUUID();
  return { name, id: newAccount(), subject: `system:serviceaccount:shop:${name}` };
}

function roleOf(account: string): string {
  return `arn:aws:iam::${account}:role/workload`;
}
