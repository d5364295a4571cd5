import catalog from 'virtual:catalog';
import { Text, Tooltip } from '@mantine/core';
import {
  IconCheck,
  IconChevronRight,
  IconQuestionMark,
  IconRobot,
  IconUser,
  IconX,
} from '@tabler/icons-react';
import { RecommendationTag } from '../../ui/status';
import { Tag } from '../../ui/tag';
import { words } from '../../ui/words';
import classes from './check-tree.module.css';
import type { CheckResult, SessionResult } from './queries';

const RANK: Record<string, number> = { REJECT: 0, NOT_AVAILABLE: 1, CONSIDER: 2, APPROVE: 4 };
const rank = ({ recommendation }: CheckResult): number =>
  recommendation ? (RANK[recommendation.value] ?? 3) : 3;

/** Yoti's checks with their sub-checks, what failed first. */
export function CheckTree({ result }: { result: SessionResult }) {
  const checks = result.checks.toSorted((a, b) => rank(a) - rank(b));
  if (checks.length === 0) return <Text className={classes.none}>Yoti has reported no checks yet.</Text>;
  return (
    <div>
      {checks.map((check) => (
        <Check key={check.id} check={check} used={resourceNames(result, check)} />
      ))}
    </div>
  );
}

function Check({ check, used }: { check: CheckResult; used: string[] }) {
  const known = catalog.checks[check.type];
  const { recommendation, breakdown } = check;
  const reason = recommendation?.reason;
  return (
    <details className={classes.check} open={recommendation?.value !== 'APPROVE'}>
      <summary className={classes.head}>
        <IconChevronRight className={classes.chevron} size={15} aria-hidden />
        <Tooltip label={known?.description} disabled={!known} multiline maw={320}>
          <span className={classes.title}>{known?.title ?? words(check.type)}</span>
        </Tooltip>
        {recommendation ? (
          <RecommendationTag value={recommendation.value} />
        ) : (
          <Tag>{words(check.state)}</Tag>
        )}
      </summary>
      <div className={classes.body}>
        {reason && (
          <p className={classes.reason}>
            {known?.reasons[reason] ?? words(reason)}
            {recommendation.recoverySuggestion && (
              <> Suggested: {words(recommendation.recoverySuggestion)}.</>
            )}
          </p>
        )}
        <ul className={classes.lines}>
          {breakdown
            .toSorted((a, b) => Number(a.result === 'PASS') - Number(b.result === 'PASS'))
            .map((line) => (
              <SubCheck
                key={`${line.subCheck} ${line.process}`}
                line={line}
                sentence={known?.subChecks[line.subCheck]}
              />
            ))}
        </ul>
        {breakdown.length === 0 && <p className={classes.hint}>No sub-checks were made.</p>}
        {used.length > 0 && <p className={classes.hint}>Looked at: {used.join(', ')}</p>}
      </div>
    </details>
  );
}

function SubCheck({
  line,
  sentence,
}: {
  line: CheckResult['breakdown'][number];
  sentence: string | undefined;
}) {
  const { subCheck, result, process, details } = line;
  const failed = result === 'FAIL';
  const Mark = result === 'PASS' ? IconCheck : failed ? IconX : IconQuestionMark;
  const expert = process === 'EXPERT_REVIEW';
  const ProcessIcon = expert ? IconUser : IconRobot;
  return (
    <li className={classes.line} data-result={result}>
      <Mark className={classes.mark} size={15} stroke={2.4} aria-label={words(result)} />
      <div>
        <Tooltip label={sentence} disabled={!sentence || failed} multiline maw={320} position="top-start">
          <span>{words(subCheck)}</span>
        </Tooltip>
        {failed && sentence && <div className={classes.hint}>Expected: {sentence}</div>}
        {details.length > 0 && (
          <div className={classes.details}>
            {details.map(({ name, value }) => (
              <span key={name} data-fail={value === 'FAIL' || undefined}>
                {words(name)} <b>{value}</b>
              </span>
            ))}
          </div>
        )}
      </div>
      {process && (
        <Tooltip label={expert ? 'Done by an expert at Yoti' : 'Automated'}>
          <ProcessIcon
            className={classes.process}
            size={15}
            stroke={1.7}
            aria-label={expert ? 'By an expert' : 'Automated'}
          />
        </Tooltip>
      )}
    </li>
  );
}

/** Names of what a check judged. */
function resourceNames(result: SessionResult, check: CheckResult): string[] {
  const names = new Map<string, string>([
    ...result.idDocuments.map(({ id, documentType }) => [id, words(documentType ?? 'document')] as const),
    ...result.supplementaryDocuments.map(
      ({ id, documentType }) => [id, words(documentType ?? 'document')] as const,
    ),
    ...result.livenessCaptures.map(({ id }) => [id, 'selfie'] as const),
    ...result.faceCaptures.map(({ id }) => [id, 'supplied picture'] as const),
  ]);
  return [...new Set(check.resourcesUsed.map((id) => names.get(id)).filter((name) => name !== undefined))];
}
