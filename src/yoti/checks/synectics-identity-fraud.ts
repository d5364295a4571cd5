import type { ReportedCheck } from './define-check.js';
import { simulatedReport } from './simulated-report.js';

/** Made for identity profiles only; a policy can't ask for it. Yoti names no sub-checks of it. */
export const synecticsIdentityFraud: ReportedCheck<'SYNECTICS_IDENTITY_FRAUD'> = {
  type: 'SYNECTICS_IDENTITY_FRAUD',
  title: 'Shared fraud data',
  description:
    'Looks the person up in fraud data shared between organisations, as an identity profile demands it.',
  subChecks: {},
  reasons: {},
  simulate: (verdict) => simulatedReport(verdict, { attempted: new Map(), failed: new Set() }),
};
