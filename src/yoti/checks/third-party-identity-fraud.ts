import type { ReportedCheck } from './define-check.js';
import { simulatedReport } from './simulated-report.js';

/** Made for identity profiles only; a policy can't ask for it. */
export const thirdPartyIdentityFraud: ReportedCheck<'THIRD_PARTY_IDENTITY_FRAUD_1'> = {
  type: 'THIRD_PARTY_IDENTITY_FRAUD_1',
  title: 'Third-party fraud check',
  description: 'Asks a provider of fraud data about the person, as an identity profile demands it.',
  subChecks: { check_performed: 'The provider gave an answer.' },
  reasons: {},
  simulate(verdict) {
    const details = { check_performed: [{ name: 'provider_org', value: 'PROVIDER' }] };
    const available = verdict.recommendation !== 'NOT_AVAILABLE';
    return simulatedReport(verdict, {
      attempted: new Map(available ? [['check_performed', 'AUTOMATED']] : []),
      failed: new Set(verdict.recommendation === 'REJECT' ? ['check_performed'] : []),
      details,
    });
  },
};
