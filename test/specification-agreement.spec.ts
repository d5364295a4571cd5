import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseSpec } from '../src/simulator/spec.js';
import { checkSpecification } from '../src/yoti/check-specification.js';
import { compileSpecification, secretNamesOf } from '../src/yoti/compile-specification.js';
import { specificationSchema, type Specification } from '../src/yoti/specification.js';
import { anySpecification } from './support/specification-arbitrary.js';

const SEED = 20_260_304;
const RUNS = 4000;
const now = new Date('2026-03-04T10:00:00Z');

function compile(specification: Specification): unknown {
  const secrets = Object.fromEntries(secretNamesOf(specification).map((name) => [name, `value of ${name}`]));
  const session = { userTrackingId: 's-1', subjectId: 'customer-7', secrets, now };
  return JSON.parse(JSON.stringify(compileSpecification(specification, session)));
}

describe('checking, compiling and reading a specification', () => {
  it('agree: what is found without errors compiles, and the simulator takes it', () => {
    const met = { refused: 0, passed: 0, checks: new Set<string>() };
    const property = fc.property(anySpecification, (drawn) => {
      const { success, data: specification } = specificationSchema.safeParse(drawn);
      if (!success) return;
      if (checkSpecification(specification).some(({ severity }) => severity === 'error')) {
        met.refused += 1;
        return;
      }
      met.passed += 1;
      for (const { type } of specification.checks) met.checks.add(type);
      const read = parseSpec(compile(specification), { allowHttpNotifications: false, now: now.getTime() });
      expect(read).toEqual({ spec: expect.anything() });
    });
    fc.assert(property, { seed: SEED, numRuns: RUNS });
    // Otherwise the property would say nothing.
    expect(met.refused).toBeGreaterThan(RUNS / 10);
    expect(met.passed).toBeGreaterThan(RUNS / 10);
    expect(met.checks.size).toBe(8);
  }, 60_000);
});
