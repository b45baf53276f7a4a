import type { Parameter, SSM } from "@aws-sdk/client-ssm";
import { SecretValue, type Failure, type SecretRecord } from "@sluice/core";
import { defined } from "../aws/defined.js";
import { failureOf } from "../failure/failure-of.js";
import { NOT_THERE } from "../failure/failures.js";

/** Most that AWS gives on a page. */
const PAGE_SIZE = 10;

/** Most pages that are read: a thousand parameters are no configuration of one app. */
const MOST_PAGES = 100;

/**
 * Every parameter below a path, as fields by what their names have beyond it, in the order of the names. All of
 * them, or why not: what one page lacks is not told from what is not there.
 *
 * @param path of the hierarchy, with the slash at its end: `/shop/api/`
 */
export async function readHierarchy(
  client: SSM,
  path: string,
  abortSignal: AbortSignal,
): Promise<SecretRecord | Failure> {
  const parameters: Parameter[] = [];
  let token: string | undefined;
  try {
    for (let page = 0; page === 0 || token !== undefined; page += 1) {
      if (page === MOST_PAGES) return TOO_MANY;
      const { Parameters = [], NextToken } = await client.getParametersByPath(
        {
          Path: path.slice(0, -1),
          Recursive: true,
          WithDecryption: true,
          MaxResults: PAGE_SIZE,
          ...defined({ NextToken: token }),
        },
        { abortSignal },
      );
      parameters.push(...Parameters);
      token = NextToken || undefined;
    }
  } catch (error) {
    return failureOf(error);
  }
  return parameters.length === 0 ? NOT_THERE : recordOf(parameters, path);
}

function recordOf(parameters: readonly Parameter[], path: string): SecretRecord {
  const values = parameters.flatMap(({ Name = "", Value }): [string, SecretValue][] =>
    Value === undefined ? [] : [[Name.slice(path.length), SecretValue.fromText(Value)]],
  );
  const changes = parameters.flatMap(({ LastModifiedDate }) => LastModifiedDate?.getTime() ?? []);
  return {
    value: new Map(values.toSorted(([one], [other]) => (one < other ? -1 : 1))),
    ...(changes.length > 0 && { updatedAt: Math.max(...changes) }),
  };
}

const TOO_MANY: Failure = {
  status: "invalid",
  reason: "too-many-parameters",
  message: `has more than ${MOST_PAGES * PAGE_SIZE} parameters below it`,
  remedy: "Name a path further down",
};
