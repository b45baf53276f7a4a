import type { JsonSchema } from "@sluice/core";
import type { VaultOptions } from "./vault-options.js";

/** JSON Schema of {@link VaultOptions}. */
export const VAULT_OPTIONS_SCHEMA: JsonSchema = closed("", [], {
  address: text("Where the server is, as an http or https URL. By default VAULT_ADDR, or BAO_ADDR."),
  namespace: text("Namespace all paths are in. By default VAULT_NAMESPACE, or BAO_NAMESPACE."),
  caCert: text(
    "The only certificates to trust: a file, or PEM text. By default VAULT_CACERT, or BAO_CACERT.",
  ),
  tlsServerName: text("Name the server's certificate must have, where it is not the address's host."),
  tlsSkipVerify: flag("Trust any certificate. Everything sent and read can then be seen by others."),
  kvVersion: {
    enum: [1, 2],
    description: "Version of key-value engines where the server refuses to tell.",
  },
  wrapped: {
    type: "object",
    description: "Responses that somebody wrapped for us, by the NAME in sys/wrapping/unwrap/NAME.",
    propertyNames: { pattern: "^[A-Za-z0-9._-]+$" },
    additionalProperties: closed("A wrapped response.", ["tokenFile"], {
      tokenFile: text("File that holds the wrapping token."),
      kvVersion: {
        enum: [1, 2],
        description: "Version of the key-value engine the response is from, if any.",
      },
    }),
  },
  session: closed("How a login goes from one program to the next.", ["file"], {
    file: text("File in memory for the token, of our own user alone."),
    keep: flag("Leave the token alive at the end, for whoever comes next."),
  }),
  auth: {
    ...closed("How to log in. By default with the token in VAULT_TOKEN, or BAO_TOKEN.", [], {
      token: closed("A token that somebody else issued, renews and revokes.", [], {
        tokenFile: text("File that holds it; read again when the server refuses it."),
        wrapped: flag("The file holds a wrapping token, which is unwrapped once."),
        tokenVariable: text("Variable that holds it, where there is no file."),
      }),
      kubernetes: closed("A Kubernetes service account.", ["role"], {
        role: text("Role to log in with."),
        mount: mount("kubernetes"),
        tokenPath: text("File of the service account's token; by default where Kubernetes mounts it."),
        audience: audience(),
      }),
      jwt: {
        ...closed("A JSON Web Token.", ["role"], {
          role: text("Role to log in with."),
          mount: mount("jwt"),
          tokenFile: text("File that holds the token."),
          tokenVariable: text("Variable that holds it, where there is no file."),
          audience: audience(),
        }),
        ...eitherOf("tokenFile", "tokenVariable"),
      },
      approle: {
        ...closed("An AppRole.", [], {
          roleId: text("Identifier of the role."),
          roleIdFile: text("File that holds the identifier of the role, in its place."),
          secretIdFile: text("File that holds the secret identifier."),
          secretIdVariable: text("Variable that holds it, where there is no file."),
          wrapped: flag("The file holds a wrapping token, which is unwrapped once."),
          mount: mount("approle"),
        }),
        allOf: [eitherOf("roleId", "roleIdFile"), eitherOf("secretIdFile", "secretIdVariable")],
      },
      userpass: {
        ...closed("A user name and a password.", ["username"], {
          username: text("The user's name."),
          passwordFile: text("File that holds the password."),
          passwordVariable: text("Variable that holds it, where there is no file."),
          mount: mount("userpass"),
        }),
        ...eitherOf("passwordFile", "passwordVariable"),
      },
      cert: closed("A client certificate.", ["certFile", "keyFile"], {
        certFile: text("File of the certificate and its chain, PEM."),
        keyFile: text("File of its private key, PEM."),
        role: text("Role to log in with; any that fits by default."),
        mount: mount("cert"),
      }),
    }),
    minProperties: 1,
    maxProperties: 1,
  },
} satisfies Record<keyof VaultOptions, JsonSchema>);

function closed(
  description: string,
  required: readonly string[],
  properties: Record<string, JsonSchema>,
): JsonSchema {
  return {
    type: "object",
    additionalProperties: false,
    ...(description !== "" && { description }),
    ...(required.length > 0 && { required }),
    properties,
  };
}

function eitherOf(...names: readonly string[]): JsonSchema {
  return { oneOf: names.map((name) => ({ required: [name] })) };
}

function text(description: string): JsonSchema {
  return { type: "string", minLength: 1, description };
}

function flag(description: string): JsonSchema {
  return { type: "boolean", default: false, description };
}

function mount(standard: string): JsonSchema {
  return { ...text("Where the auth method is mounted."), default: standard };
}

function audience(): JsonSchema {
  return { ...text("Audience of the tokens asked for on behalf of workloads."), default: "vault" };
}
