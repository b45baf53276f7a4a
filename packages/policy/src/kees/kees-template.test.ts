import { describe, expect, it } from "vitest";
import { type KeesTemplateParameter, policyDifference, renderKeesTemplate } from "../index.js";

function parameter(storageSuffix: string): KeesTemplateParameter {
  return {
    storageSuffix,
    parameterName: storageSuffix,
    parameterNameWithField: storageSuffix,
    fullAnnotationName: `secret.bsycorp.com/${storageSuffix}`,
  };
}

const TEMPLATE = `data "x" "{{moduleName}}-policy" {
  resources = [
  {{#each parameters}}
    "arn:\${var.region}:parameter/{{storageSuffix}}"{{#unless @last}},{{/unless}}
  {{/each}}
  ]
}
`;

describe("renderKeesTemplate", () => {
  it("lists parameters by their suffix, each once", () => {
    const parameters = ["b", "a/c.d_public", "b", "B"].map(parameter);
    expect(renderKeesTemplate(TEMPLATE, "web", parameters)).toBe(`data "x" "web-policy" {
  resources = [
    "arn:\${var.region}:parameter/B",
    "arn:\${var.region}:parameter/a/c.d_public",
    "arn:\${var.region}:parameter/b"
  ]
}
`);
  });

  it("knows storageSuffix as a helper too, and escapes nothing", () => {
    const template =
      "{{#each parameters}}{{storageSuffix this}} '{{parameterName}}' <{{fullAnnotationName}}>{{/each}}";
    expect(renderKeesTemplate(template, "web", [parameter("a=b")])).toBe(
      "a=b 'a=b' <secret.bsycorp.com/a=b>",
    );
  });

  it("says where a template is broken, and quotes none of it", () => {
    expect(() => renderKeesTemplate("a\n{{#each parameters}}secret", "web", [])).toThrow(
      /^The template cannot be rendered \(line \d\)\. It is a Handlebars template/,
    );
  });

  it("refuses a module's name that could be more than a name", () => {
    expect(() => renderKeesTemplate(TEMPLATE, 'x" {', [])).toThrow("Give another with -m");
  });
});

describe("policyDifference", () => {
  it("finds none between texts that differ in their line ends alone", () => {
    expect(policyDifference("f", "a\r\nb", "a\nb\n")).toBeUndefined();
  });

  it("shows what is more and what is less", () => {
    const difference = policyDifference("policy.tf", "a\nb\nc\n", "a\nc\nd\n");
    expect(difference).toContain("--- policy.tf");
    expect(difference).toContain("\n a\n-b\n c\n+d\n");
  });
});
