/** Columns that grow while rows are read, without holding each row as an object. */

/** Rows of numbers; `finish` gives each column at its length and lets go of the rows. */
export interface Columns {
  push(row: readonly number[]): void;
  finish(): Float64Array[];
}

/** 16,384 rows: little is wasted on 100 processes, and nothing is copied but once at the end. */
const chunkRows = 16_384;

/** `width` columns in chunks. Doubling instead left 150 MB of outgrown arrays to the collector over a week. */
export function growingColumns(width: number): Columns {
  let chunks: Float64Array[] = [];
  let chunk = new Float64Array();
  let used = chunkRows * width;
  return {
    push(row) {
      if (used === chunkRows * width) {
        chunk = new Float64Array(chunkRows * width);
        chunks.push(chunk);
        used = 0;
      }
      for (let column = 0; column < width; column++) chunk[used++] = row[column] ?? Number.NaN;
    },
    finish() {
      const length = Math.max(0, chunks.length - 1) * chunkRows + (chunks.length > 0 ? used / width : 0);
      const columns = Array.from({ length: width }, () => new Float64Array(length));
      for (const [index, rows] of chunks.entries()) spread(rows, columns, index * chunkRows, length);
      chunks = [];
      chunk = new Float64Array();
      used = chunkRows * width;
      return columns;
    },
  };
}

/** Copies the rows of one chunk into the columns from `start` on. */
function spread(rows: Float64Array, columns: readonly Float64Array[], start: number, length: number): void {
  const count = Math.min(chunkRows, length - start);
  for (const [offset, column] of columns.entries()) {
    for (let row = 0; row < count; row++)
      column[start + row] = rows[row * columns.length + offset] ?? Number.NaN;
  }
}
