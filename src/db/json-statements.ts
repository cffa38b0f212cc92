// Many rows in few statements: each binds one JSON array of rows and takes it apart with json_each. It knows the limits of a bound value and no table.

/**
 * Bytes of JSON per statement, well under D1's 2 MB for one bound value (https://developers.cloudflare.com/d1/platform/limits/). A row that is larger by itself
 * goes alone, up to that limit.
 */
const STATEMENT_BYTES = 900_000;

const encoder = new TextEncoder();
/** D1 counts bytes; a JavaScript string counts units, of which one may take three. */
export const utf8Length = (text: string): number => encoder.encode(text).length;

/** `rows`: each the JSON text of one row. */
export function statementsFor(db: D1Database, sql: string, rows: readonly string[]): D1PreparedStatement[] {
  const statements: D1PreparedStatement[] = [];
  let chunk: string[] = [];
  let size = 0;
  const close = () => {
    if (chunk.length > 0) statements.push(db.prepare(sql).bind(`[${chunk.join(",")}]`));
    chunk = [];
    size = 0;
  };
  for (const row of rows) {
    const bytes = utf8Length(row) + 1;
    if (size + bytes > STATEMENT_BYTES) close();
    chunk.push(row);
    size += bytes;
  }
  close();
  return statements;
}
