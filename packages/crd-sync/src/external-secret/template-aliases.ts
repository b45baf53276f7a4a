/** Names that functions have in templates of External Secrets, which are those of sprig, with ours for each. */
export const TEMPLATE_ALIASES: Readonly<Record<string, string>> = {
  b64dec: "base64Decode",
  b64enc: "base64Encode",
  fromJson: "parseJSON",
  lower: "toLower",
  replace: "replaceAll",
  sha256sum: "sha256Hex",
  toJson: "toJSON",
  toString: "print",
  toYaml: "toYAML",
  trim: "trimSpace",
  trimAll: "trim",
  upper: "toUpper",
};
