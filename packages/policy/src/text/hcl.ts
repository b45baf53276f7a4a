const ESCAPES: Readonly<Record<string, string>> = {
  '"': String.raw`\"`,
  "\\": String.raw`\\`,
  "\n": String.raw`\n`,
  "\r": String.raw`\r`,
  "\t": String.raw`\t`,
  "${": "$${",
  "%{": "%%{",
};

/** A text within the quotes of HCL: nothing of it is taken for an expression. */
export function hclText(text: string): string {
  return text.replaceAll(/["\\\n\r\t]|[$%]\{/g, (found) => ESCAPES[found] ?? found);
}

/** A list of strings, one a line, as `terraform fmt` has it. Each element stands between quotes as it is. */
export function hclList(elements: readonly string[], indent: string): string {
  return ["[", ...elements.map((element) => `${indent}  "${element}",`), `${indent}]`].join("\n");
}

/**
 * What a service account is called in Terraform. Names of Kubernetes have no underscore, so no two are called the
 * same; a label of Terraform begins with no digit.
 */
export function terraformLabel(namespace: string, serviceAccount: string): string {
  const label = `${namespace}_${serviceAccount.replaceAll(".", "__")}`;
  return /^\d/.test(label) ? `_${label}` : label;
}
