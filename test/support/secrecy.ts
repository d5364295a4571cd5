import { FAMILY_NAMES } from '../../src/simulator/specimen/person.js';

/** A site's database as the superuser sees it, and what its servers printed, where they are processes of their own. */
interface Looked {
  sql<Row = Record<string, unknown>>(text: string, values?: unknown[]): Promise<Row[]>;
  output?(): string;
}

/**
 * What is known by its form, in the dialect that PostgreSQL and JavaScript share: an API key, a webhook's secret, a
 * private key, Yoti's client token in an address or a JSON text; a specimen person's family name and document number.
 */
const FORMS = [
  '(csk_|whsec_|whsk_)[A-Za-z0-9_+/=-]{20}',
  'PRIVATE KEY',
  '[sS]ession_?[tT]oken"?[:=] ?"?[0-9a-f]{8}-',
  ...FAMILY_NAMES.flatMap((name) => [name, name.toUpperCase()]),
  String.raw`(?<![\w.-])[9S]\d{8}(?![\w-])`,
].join('|');

/** Random tokens: 16 or 32 bytes in base64url, the latter maybe with the prefix of API keys. */
const WORD = '[A-Za-z0-9_-]{22,}';
const LENGTHS = [22, 43, 47];

/** Columns that hold text, and those that hold the SHA-256 of a token. */
const COLUMNS = `
  SELECT quote_ident(c.table_name) AS "table", quote_ident(c.column_name) AS "column", c.data_type = 'bytea' AS hashed
    FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
   WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
     AND (c.data_type IN ('text', 'character varying', 'json', 'jsonb', 'ARRAY')
          OR (c.data_type = 'bytea' AND c.column_name LIKE '%\\_hash'))`;

/** Statements that read every stored text with its place, and every stored hash. */
async function sources(site: Looked): Promise<{ written: string; hashes: string }> {
  const columns = await site.sql<{ table: string; column: string; hashed: boolean }>(COLUMNS);
  const texts = columns.filter(({ hashed }) => !hashed);
  return {
    written: texts
      .map(
        ({ table, column }) => `SELECT '${table}.${column}' AS place, ${column}::text AS value FROM ${table}`,
      )
      .join(' UNION ALL '),
    hashes: columns
      .filter(({ hashed }) => hashed)
      .map(({ table, column }) => `SELECT ${column} FROM ${table}`)
      .join(' UNION ALL '),
  };
}

/**
 * Everything in a text column of any table, also of those that are still to come, that is secret or of a person: by its
 * form, or because it is the token whose hash is stored (links, notification paths and tokens, API keys, log-ins).
 *
 * @returns up to five, with where they stand
 */
export async function secretsWritten(site: Looked): Promise<unknown[]> {
  const { written, hashes } = await sources(site);
  return site.sql(
    `SELECT place, left(value, 200) AS value FROM (${written}) w
      WHERE value ~ $1
         OR EXISTS (SELECT 1 FROM regexp_matches(value, '${WORD}', 'g') AS word
                     WHERE length(word[1]) IN (${LENGTHS.join()})
                       AND sha256(convert_to(word[1], 'UTF8')) IN (${hashes}))
      LIMIT 5`,
    [FORMS],
  );
}

/** The same of what the servers printed. @returns up to five lines or words of it */
export async function secretsPrinted(site: Looked): Promise<unknown[]> {
  const output = site.output?.() ?? '';
  const form = new RegExp(FORMS);
  const lines = output.split('\n').filter((line) => form.test(line));
  const words = new Set(
    output.match(new RegExp(WORD, 'g'))?.filter(({ length }) => LENGTHS.includes(length)),
  );
  const { hashes } = await sources(site);
  const tokens = await site.sql(
    `SELECT word FROM unnest($1::text[]) word WHERE sha256(convert_to(word, 'UTF8')) IN (${hashes})`,
    [[...words]],
  );
  return [...lines, ...tokens].slice(0, 5);
}
