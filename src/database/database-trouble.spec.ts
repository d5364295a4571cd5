import { describe, expect, it } from '@jest/globals';
import { QueryFailedError } from 'typeorm';
import { CommitUnknown, ConnectionLost, DatabaseBusy, databaseTrouble } from './database-trouble.js';

const withCode = (code: string) => Object.assign(new Error('of the driver'), { code });
const failed = (error: Error) => new QueryFailedError('SELECT 1', [], error);

describe('what an error says of the database', () => {
  it.each([
    ['08006', 'unreachable'],
    ['25006', 'read_only'],
    ['25P03', 'slow'],
    ['28P01', 'refuses'],
    ['3D000', 'refuses'],
    ['40001', 'conflict'],
    ['40P01', 'conflict'],
    ['53100', 'full'],
    ['53200', 'overloaded'],
    ['53300', 'overloaded'],
    ['55P03', 'slow'],
    ['57014', 'slow'],
    ['57P01', 'restarting'],
    ['57P02', 'restarting'],
    ['57P03', 'restarting'],
    ['58030', 'broken'],
    ['ECONNREFUSED', 'unreachable'],
    ['ECONNRESET', 'unreachable'],
    ['EPIPE', 'unreachable'],
    ['ENOTFOUND', 'unreachable'],
  ])('%s is %s, from the driver and through the mapper', (code, kind) => {
    expect(databaseTrouble(withCode(code))).toMatchObject({ kind });
    expect(databaseTrouble(failed(withCode(code)))).toMatchObject({ kind });
  });

  it.each([
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'Client has encountered a connection error and is not queryable',
    'timeout exceeded when trying to connect',
  ])('"%s" is a lost connection', (message) => {
    expect(databaseTrouble(new Error(message))).toMatchObject({ kind: 'unreachable' });
  });

  it.each([
    [new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNREFUSED')]), 'unreachable'],
    [new DatabaseBusy('everybody'), 'overloaded'],
    [new ConnectionLost(), 'unreachable'],
    [new CommitUnknown(), 'unknown_outcome'],
  ])('%s is %s', (error, kind) => {
    expect(databaseTrouble(error)).toMatchObject({ kind });
  });

  it.each([
    failed(withCode('23505')),
    failed(withCode('42601')),
    failed(withCode('22P02')),
    withCode('ERR_ASSERTION'),
    new Error('anything'),
    new AggregateError([]),
    'text',
    null,
    undefined,
  ])('%s is no trouble of the database', (error) => {
    expect(databaseTrouble(error)).toBeNull();
  });

  it('always says when to come back', () => {
    for (const code of ['08006', '25006', '40001', '53100', '57P01', '58030']) {
      expect(databaseTrouble(withCode(code))?.retryAfterSeconds).toBeGreaterThan(0);
    }
  });
});
