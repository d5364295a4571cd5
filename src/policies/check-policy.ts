import type { SpecificationProblem } from '../yoti/check-specification-problem.js';
import { checkSpecification } from '../yoti/check-specification.js';
import { findReportedCheck, findTask, reportedChecks } from '../yoti/checks/index.js';
import type { Condition, PolicyDocument } from './policy.document.js';

/** What has to be put right before publishing (`errors`), and what is probably not meant (`warnings`). */
export interface PolicyFindings {
  errors: SpecificationProblem[];
  warnings: SpecificationProblem[];
}

/** Finds in one pass everything that Yoti would refuse and every rule that can't do what it says. */
export function checkPolicy(document: PolicyDocument): PolicyFindings {
  const problems = [...checkSpecification(document), ...checkDecision(document)];
  return {
    errors: problems.filter(({ severity }) => severity === 'error'),
    warnings: problems.filter(({ severity }) => severity === 'warning'),
  };
}

/** JSON pointer (RFC 6901) of a path into the document. */
export function toPointer(path: readonly (string | number)[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The types of check that a session's result can have. An identity profile brings checks of its own. */
function expectedChecks({ checks, tasks, identityProfile, advancedIdentityProfiles }: PolicyDocument) {
  if (identityProfile ?? advancedIdentityProfiles) return reportedChecks.map(({ type }) => type);
  const generated = tasks.map(({ type }) => findTask(type)?.generatedCheck.type);
  return [...checks.map(({ type }) => type), ...generated.filter((type) => type !== undefined)];
}

function* checkDecision(document: PolicyDocument): Generator<SpecificationProblem> {
  const { rules } = document.decision;
  const asked = new Set<string>(expectedChecks(document));
  const names = rules.map(({ name }) => name);
  for (const [index, { name, when, outcome }] of rules.entries()) {
    const path = ['decision', 'rules', index];
    if (names.indexOf(name) < index) {
      yield {
        path: [...path, 'name'],
        message: 'Another rule has this name.',
        severity: 'error',
        fix: 'Give each rule its own name: decisions are explained by it.',
      };
    }
    if (outcome === 'approve' && !when.some(({ fact }) => fact === 'all_checks')) {
      yield {
        path: [...path, 'when'],
        message: 'The rule approves although some check may not be approved.',
        severity: 'warning',
        fix: 'Add the condition all_checks.',
      };
    }
    for (const [at, condition] of when.entries())
      yield* checkCondition(condition, asked, [...path, 'when', at]);
  }
  if (rules.length > 0 && !rules.some(({ outcome }) => outcome === 'approve')) {
    yield {
      path: ['decision', 'rules'],
      message: 'No rule approves, so no session is approved without a person.',
      severity: 'warning',
      fix: 'End with a rule that approves when all_checks are approved.',
    };
  }
}

function* checkCondition(
  condition: Condition,
  asked: ReadonlySet<string>,
  path: SpecificationProblem['path'],
): Generator<SpecificationProblem> {
  if (condition.fact === 'check' && !asked.has(condition.type)) {
    yield {
      path: [...path, 'type'],
      message: `The policy doesn't ask for ${condition.type}, so the condition never holds.`,
      severity: 'warning',
      fix: 'Ask for the check, or take the condition out.',
    };
  }
  if (condition.fact === 'sub_check') {
    const known = [...asked].some((type) => findReportedCheck(type)?.subChecks[condition.name] !== undefined);
    if (!known) {
      yield {
        path: [...path, 'name'],
        message: `No check of the policy is known to have the sub-check "${condition.name}".`,
        severity: 'warning',
        fix: "Use a name in Yoti's spelling, such as document_in_date.",
      };
    }
  }
}
