import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { claimDirectory } from '../../src/database/embedded-lock.js';
import { removeLeftovers } from './killable-postgres.js';

it('what killed runs left behind is removed, and nothing of those that run or have just begun', () => {
  const folder = mkdtempSync(join(tmpdir(), 'leftovers-'));
  const make = (name: string, fill: (directory: string) => void, ageSeconds: number) => {
    const directory = join(folder, name);
    mkdirSync(directory);
    fill(directory);
    const at = Date.now() / 1000 - ageSeconds;
    utimesSync(directory, at, at);
  };
  const leave = (directory: string) => writeFileSync(join(directory, 'in-use.pid'), '999999999;1');
  make('countersign-killable-left', leave, 3600);
  make('countersign-killable-used', (directory) => void claimDirectory(directory), 3600);
  make('countersign-killable-new', () => undefined, 0);
  make('another-left', leave, 3600);
  removeLeftovers(folder);
  expect(readdirSync(folder).toSorted()).toEqual([
    'another-left',
    'countersign-killable-new',
    'countersign-killable-used',
  ]);
  rmSync(folder, { recursive: true, force: true });
});
