/** What bun:sqlite leaves to its callers: rows that are always there, statements to finalize. */

import type { SQLQueryBindings, Statement } from "bun:sqlite";

/** Runs a statement with these values for its places. As arguments each row took a tenth longer. */
export function runWith(statement: Statement<never, number[]>, values: readonly number[]): void {
  (statement as unknown as { run(values: readonly number[]): void }).run(values);
}

/** Statements that live as long as their connection. */
export type Keep = <Kept extends { finalize(): void }>(statement: Kept) => Kept;

/** SQLite keeps a connection with a live statement open, and with it the log and the locks: before the close, all go. */
export function statementKeeper(): { keep: Keep; finalizeAll(): void } {
  const kept: { finalize(): void }[] = [];
  return {
    keep(statement) {
      kept.push(statement);
      return statement;
    },
    finalizeAll() {
      for (const statement of kept) statement.finalize();
    },
  };
}

/** The row of a query that always has one: a sum over a table, a pragma. */
export function onlyRow<Row, Params extends SQLQueryBindings[]>(
  statement: Statement<Row, Params>,
  ...params: Params
): Row {
  const row = statement.get(...params);
  if (row === null) throw new Error(`no row: ${statement}`);
  return row;
}
