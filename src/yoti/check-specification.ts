import { checkChecks, checkTasks } from './check-specification-checks.js';
import { checkCapture, checkClient } from './check-specification-client.js';
import { checkDocuments } from './check-specification-documents.js';
import { checkLimits } from './check-specification-limits.js';
import type { SpecificationProblem } from './check-specification-problem.js';
import { checkProfiles } from './check-specification-profiles.js';
import type { Specification } from './specification.js';

/**
 * Finds in one pass everything in a specification that Yoti refuses with `PAYLOAD_VALIDATION`, or that works but is
 * probably not meant (Yoti: create a session). An empty list, or one of warnings only, may be published.
 */
export function checkSpecification(specification: Specification): SpecificationProblem[] {
  return [
    ...checkLimits(specification.limits),
    ...checkChecks(specification),
    ...checkTasks(specification),
    ...checkDocuments(specification),
    ...checkProfiles(specification),
    ...checkCapture(specification),
    ...checkClient(specification),
  ];
}
