import type { Grant, GrantedRead } from "../grant.js";
import { sorted } from "../grant.js";
import { policyError } from "../policy-error.js";
import type { PolicyTarget } from "../policy-target.js";
import { hclList, terraformLabel } from "../text/hcl.js";
import { granteeComment, policyText } from "../text/heading.js";

const PARAMETER = /^(?:arn:aws[a-z-]*:ssm:[a-z0-9-]+:\d{12}:parameter\/)?[\w.\-/]+$/;
const SECRET = /^(?:arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:)?[\w/+=.@-]+$/;
/** What AWS puts after the name of a secret in its ARN. */
const RANDOM_END = /-[A-Za-z0-9]{6}$/;

/** Each service, with what reading takes there: docs/providers/aws-ssm.md and aws-secrets-manager.md. */
const SERVICES = [
  {
    provider: "ssm",
    sid: "ReadParameters",
    actions: ["ssm:GetParameter", "ssm:GetParameters"],
    resource: parameterArn,
  },
  {
    provider: "secrets-manager",
    sid: "ReadSecrets",
    actions: ["secretsmanager:GetSecretValue"],
    resource: secretArn,
  },
] as const;

/**
 * Terraform for AWS: a policy document and a policy for each service account, over parameters of Parameter Store
 * and secrets of Secrets Manager. It takes `var.aws_region` and `var.aws_account_id`.
 */
export const terraformSsm: PolicyTarget = {
  providers: SERVICES.map(({ provider }) => provider),
  render: (grants) => policyText(grants.map(policyOf)),
};

function policyOf(grant: Grant): string {
  const { namespace, serviceAccount, reads } = grant;
  const label = `${terraformLabel(namespace, serviceAccount)}_secrets`;
  const statements = SERVICES.flatMap(({ provider, sid, actions, resource }) => {
    const resources = sorted(reads.filter(({ store }) => store.provider === provider).map(resource));
    if (resources.length === 0) return [];
    return [
      "  statement {",
      `    sid     = "${sid}"`,
      `    actions = ${JSON.stringify(actions).replaceAll(",", ", ")}`,
      "",
      `    resources = ${hclList(resources, "    ")}`,
      "  }",
    ].join("\n");
  });
  return [
    granteeComment(grant),
    `data "aws_iam_policy_document" "${label}" {`,
    statements.join("\n\n"),
    "}",
    "",
    `resource "aws_iam_policy" "${label}" {`,
    `  name   = "${namespace}-${serviceAccount}-secrets"`,
    `  policy = data.aws_iam_policy_document.${label}.json`,
    "}",
  ].join("\n");
}

function parameterArn(read: GrantedRead): string {
  const { path, anyIndex = false } = read;
  if (!PARAMETER.test(path)) throw noName(read, "parameter of Parameter Store");
  const end = anyIndex ? ".*" : "";
  if (path.startsWith("arn:")) return path + end;
  return `${arn(read, "ssm")}:parameter/${path.replace(/^\//, "")}${end}`;
}

function secretArn(read: GrantedRead): string {
  const { path, anyIndex = false } = read;
  if (!SECRET.test(path)) throw noName(read, "secret of Secrets Manager");
  if (path.startsWith("arn:") && RANDOM_END.test(path) && !anyIndex) return path;
  const whole = path.startsWith("arn:") ? path : `${arn(read, "secretsmanager")}:secret:${path}`;
  return `${whole}${anyIndex ? ".*" : ""}-??????`;
}

function arn({ store }: GrantedRead, service: string): string {
  const region = store.options?.["region"];
  const known = typeof region === "string" && /^[a-z0-9-]+$/.test(region) ? region : undefined;
  return `arn:${partitionOf(known)}:${service}:${known ?? "${var.aws_region}"}:\${var.aws_account_id}`;
}

function partitionOf(region = ""): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/** A name with a wildcard would grant what nobody asked for. */
function noName({ store, path }: GrantedRead, what: string) {
  return policyError(
    `"${path}" in the store "${store.name}" is no ${what}`,
    "Correct the reference in the manifest",
  );
}
