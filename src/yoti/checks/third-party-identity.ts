import yoti from 'yoti';
import { z } from 'zod';
import { allIdDocuments } from './captured-resources.js';
import type { Process, Verdict } from './define-check.js';
import { defineCheck, neverManualSchema } from './define-check.js';
import { simulatedReport } from './simulated-report.js';
import { withFields } from './with-fields.js';

const settings = z
  .strictObject({
    type: z
      .literal('THIRD_PARTY_IDENTITY')
      .describe('Does a credit reference agency know the person at this address?'),
    manualCheck: neverManualSchema,
  })
  .meta({ id: 'ThirdPartyIdentityCheck' });

/** Looked up only once the address is known. */
const afterAddress = [
  'deceased',
  'electoral_roll',
  'multiple_sources_match',
  'pep_warning',
  'sanctions_warning',
];

const defaultReasons: Readonly<Record<Verdict['recommendation'], string | undefined>> = {
  APPROVE: undefined,
  CONSIDER: 'NO_MATCH',
  NOT_AVAILABLE: 'NO_VALID_FIELDS',
  REJECT: 'NO_MATCH',
};

function simulate(verdict: Verdict) {
  const reason = verdict.reason ?? defaultReasons[verdict.recommendation];
  const told = reason === undefined ? verdict : { ...verdict, reason };
  if (verdict.recommendation === 'NOT_AVAILABLE') {
    return simulatedReport(told, { attempted: new Map(), failed: new Set() });
  }
  const failed = new Set<string>();
  if (verdict.recommendation !== 'APPROVE') failed.add('address_match');
  if (failed.size > 0 && reason !== 'ADDRESS_MISMATCH') failed.add('name_match');
  // Yoti lists the date of birth only when it was found.
  const dateOfBirth = failed.has('name_match') ? [] : ['dob_match'];
  const names = ['address_match', 'name_match', ...dateOfBirth, ...(failed.size === 0 ? afterAddress : [])];
  const attempted = new Map(names.map((name): [string, Process] => [name, 'AUTOMATED']));
  return simulatedReport(told, { attempted, failed });
}

/** Yoti: third-party identity. Looks the extracted name, date of birth and address up at a credit reference agency. */
export const thirdPartyIdentity = defineCheck({
  type: 'THIRD_PARTY_IDENTITY',
  title: 'Third-party identity',
  description: 'Asks a credit reference agency whether it knows the person at the address.',
  settings,
  wire: z.looseObject({ manual_check: z.literal('NEVER').optional() }).optional(),
  needs: { text: true },
  runsOn: allIdDocuments,
  toYoti: ({ manualCheck }) =>
    withFields(new yoti.RequestedThirdPartyIdentityCheckBuilder().build(), {
      config: manualCheck && { manual_check: manualCheck },
    }),
  subChecks: {
    address_match: 'The address is known.',
    deceased: "The person isn't known to have died.",
    dob_match: 'The date of birth is known.',
    electoral_roll: 'The person is on the electoral roll.',
    multiple_sources_match: 'Several sources know the person.',
    name_match: 'The name is known.',
    pep_warning: "The person isn't known to be politically exposed.",
    sanctions_warning: "The person isn't known to be under sanctions.",
  },
  reasons: {
    ADDRESS_MISMATCH: 'The person is known, but at another address.',
    NO_MATCH: 'The person was not found.',
    NO_MATCH_FOUND: 'The person was not found.',
    NO_VALID_FIELDS: 'There was no data to look up.',
  },
  simulate,
});
