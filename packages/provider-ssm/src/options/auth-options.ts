import type { JsonSchema } from "@sluice/core";

/** How the provider proves who it is. Each method reads what AWS documents for it: environment, files, metadata. */
export interface AuthOptions {
  /**
   * - `default`: the chain of AWS: environment, profile, web identity, container, instance.
   * - `profile`: a profile of the shared configuration files.
   * - `web-identity`: a token file and a role (IRSA).
   * - `container`: the credentials endpoint of the container (EKS Pod Identity, ECS).
   * - `instance-metadata`: the role of the EC2 instance.
   */
  readonly method: "default" | "profile" | "web-identity" | "container" | "instance-metadata";
  /** With `profile`: its name; `AWS_PROFILE`, or `default`, when absent. */
  readonly profile?: string;
  /** With `web-identity`: the role to assume; `AWS_ROLE_ARN` when absent. */
  readonly roleArn?: string;
  /** With `web-identity`: file of the token; `AWS_WEB_IDENTITY_TOKEN_FILE` when absent. */
  readonly tokenFile?: string;
  /** With `web-identity`: name of the session in CloudTrail. */
  readonly sessionName?: string;
}

/** A role to assume. */
export interface RoleOptions {
  readonly roleArn: string;
  /** What the role's trust policy asks for as `sts:ExternalId`. */
  readonly externalId?: string;
  /** Name of the session in CloudTrail; `sluice` when absent. */
  readonly sessionName?: string;
}

/** How workloads are served as themselves. */
export interface DelegationOptions {
  /** The role that a workload assumes with its own token, unless `roles` has one for it. */
  readonly roleArn: string;
  /** Roles of single workloads, by subject: `system:serviceaccount:shop:web`. */
  readonly roles?: Readonly<Record<string, string>>;
  /** Audience of that token; `sts.amazonaws.com` when absent. */
  readonly audience?: string;
}

const ROLE_ARN = { type: "string", pattern: "^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$" };

/** JSON Schema of {@link AuthOptions}. */
export const AUTH_SCHEMA: JsonSchema = {
  type: "object",
  additionalProperties: false,
  required: ["method"],
  description: "How the provider proves who it is; AWS's default chain when absent.",
  properties: {
    method: {
      enum: ["default", "profile", "web-identity", "container", "instance-metadata"],
      description:
        "`default`: AWS's own chain; `profile`; `web-identity`: IRSA; `container`: EKS Pod Identity and ECS; `instance-metadata`: EC2.",
    },
    profile: { type: "string", minLength: 1, description: "With `profile`: its name; else `AWS_PROFILE`." },
    roleArn: { ...ROLE_ARN, description: "With `web-identity`: the role to assume; else `AWS_ROLE_ARN`." },
    tokenFile: {
      type: "string",
      minLength: 1,
      description: "With `web-identity`: file of the token; else `AWS_WEB_IDENTITY_TOKEN_FILE`.",
    },
    sessionName: { type: "string", minLength: 2, description: "With `web-identity`: the session's name." },
  },
};

/** JSON Schema of a list of {@link RoleOptions}. */
export const ROLES_SCHEMA: JsonSchema = {
  type: "array",
  minItems: 1,
  description: "Roles assumed one after the other, beginning with the credentials of `auth`.",
  items: {
    type: "object",
    additionalProperties: false,
    required: ["roleArn"],
    properties: {
      roleArn: { ...ROLE_ARN, description: "The role to assume." },
      externalId: { type: "string", minLength: 2, description: "The external id its trust policy asks for." },
      sessionName: { type: "string", minLength: 2, default: "sluice", description: "Name of the session." },
    },
  },
};

/** JSON Schema of {@link DelegationOptions}. */
export const DELEGATION_SCHEMA: JsonSchema = {
  type: "object",
  additionalProperties: false,
  required: ["roleArn"],
  description: "Lets workloads read as themselves: each assumes this role with a token of its own.",
  properties: {
    roleArn: { ...ROLE_ARN, description: "The role that workloads assume, unless `roles` has one for them." },
    roles: {
      type: "object",
      additionalProperties: ROLE_ARN,
      description: "Roles of single workloads, by subject: `system:serviceaccount:shop:web`.",
    },
    audience: {
      type: "string",
      minLength: 1,
      default: "sts.amazonaws.com",
      description: "Audience of the token.",
    },
  },
};
