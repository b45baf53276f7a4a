import { formatJson } from "../print/format-json.js";
import { formatToml } from "../print/format-toml.js";
import { formatYaml } from "../print/format-yaml.js";
import { ofAny, type GoFunctions } from "./go-function.js";

/** Values written as JSON, YAML and TOML, with sorted keys. */
export const FORMAT_FUNCTIONS: GoFunctions = {
  toJSON: ofAny(1, ([value], { meter }) => formatJson(value, { pretty: false, escapesHtml: true }, meter)),
  toJSONPretty: ofAny(1, ([value], { meter }) =>
    formatJson(value, { pretty: true, escapesHtml: true }, meter),
  ),
  toUnescapedJSON: ofAny(1, ([value], { meter }) =>
    formatJson(value, { pretty: false, escapesHtml: false }, meter),
  ),
  toUnescapedJSONPretty: ofAny(1, ([value], { meter }) =>
    formatJson(value, { pretty: true, escapesHtml: false }, meter),
  ),
  toYAML: ofAny(1, ([value], { meter }) => formatYaml(value, meter)),
  toTOML: ofAny(1, ([value], { meter }) => formatToml(value, meter)),
};
