import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const directory = fileURLToPath(new URL('.', import.meta.url));

interface Row {
  row: number;
  fault: string;
  holds: string;
}

const catalogue = JSON.parse(readFileSync(join(directory, 'catalogue.json'), 'utf8')) as Row[];

/** Rows that the titles of the folder's tests name. */
function rowsOfTitles(): number[] {
  const files = readdirSync(directory).filter((name) => name.endsWith('.spec.ts'));
  const titles = files.flatMap((name) => [
    ...readFileSync(join(directory, name), 'utf8').matchAll(/['"`]row (\d+): /g),
  ]);
  return titles.map(([, row]) => Number(row));
}

it('every row of the catalogue is a named test here, and no test names another', () => {
  const rows = catalogue.map(({ row }) => row);
  expect(rows).toEqual([...new Set(rows)].toSorted((a, b) => a - b));
  expect([...new Set(rowsOfTitles())].toSorted((a, b) => a - b)).toEqual(rows);
});
