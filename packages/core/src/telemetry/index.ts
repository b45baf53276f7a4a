export {
  activeTraceparent,
  type Describe,
  inSpan,
  type SpanAttributes,
  type SpanOptions,
} from "./in-span.js";
