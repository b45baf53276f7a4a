import type { Output } from "./output.js";
import { formatTable, type Row } from "./table.js";

/** How data are printed: for people, or for programs. */
export type DataFormat = "json" | "yaml" | "table";

/** Every {@link DataFormat}, the default first. */
export const DATA_FORMATS: readonly DataFormat[] = ["table", "json", "yaml"];

/** Prints rows as a table for people, or data as JSON or YAML for programs. */
export async function printData<Column extends string>(
  output: Output,
  format: DataFormat,
  data: unknown,
  table: { readonly columns: readonly Column[]; readonly rows: readonly Row<Column>[] },
): Promise<void> {
  switch (format) {
    case "json":
      output.print(`${JSON.stringify(data, undefined, 2)}\n`);
      return;
    case "yaml": {
      const { stringify } = await import("yaml");
      output.print(stringify(data));
      return;
    }
    case "table":
      output.print(
        `${formatTable(table.columns, table.rows, output.printsToTerminal ? output.columns : Infinity)}\n`,
      );
  }
}
