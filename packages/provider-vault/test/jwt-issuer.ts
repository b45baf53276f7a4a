import { createSign, generateKeyPairSync } from "node:crypto";

/** Somebody whose JSON Web Tokens a server can be told to trust. */
export interface JwtIssuer {
  /** What its tokens are verified with, PEM. */
  readonly publicKey: string;
  /** A token that lives for ten minutes. */
  issue(subject: string, audience: string): string;
}

export function jwtIssuer(): JwtIssuer {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const part = (content: object): string => Buffer.from(JSON.stringify(content)).toString("base64url");
  return {
    publicKey: String(publicKey.export({ type: "spki", format: "pem" })),
    issue: (subject, audience) => {
      const now = Math.floor(Date.now() / 1000);
      const claims = { iss: "test", sub: subject, aud: audience, iat: now, nbf: now, exp: now + 600 };
      const text = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}`;
      return `${text}.${createSign("RSA-SHA256").update(text).sign(privateKey, "base64url")}`;
    },
  };
}
