import { sprint, sprintln } from "../print/sprint.js";
import { sprintf } from "../print/sprintf.js";
import { ofMany, stringAt, type GoFunctions } from "./go-function.js";

/** `print`, `printf` and `println`, as in Go's package fmt. */
export const PRINT_FUNCTIONS: GoFunctions = {
  print: ofMany(0, (values, { meter }) => sprint(values, meter)),
  printf: {
    parameters: ["string"],
    rest: "any",
    call: (args, { meter }) => sprintf(stringAt(args, 0), args.slice(1), meter),
  },
  println: ofMany(0, (values, { meter }) => sprintln(values, meter)),
};
