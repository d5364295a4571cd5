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
import { type Attempt, attemptsOf } from './attempts';
import { Leftovers } from './leftovers';
import type { CheckResult, Document, SessionResult } from './queries';
import { Watchlist } from './watchlist';

const RANK: Record<string, number> = { REJECT: 0, NOT_AVAILABLE: 1, CONSIDER: 2, APPROVE: 4 };
const rank = ({ recommendation }: CheckResult): number =>
  recommendation ? (RANK[recommendation.value] ?? 3) : 3;

/** Yoti's checks with their sub-checks, what failed first. */
export function CheckTree({ sessionId, result }: { sessionId: string; result: SessionResult }) {
  const checks = result.checks.toSorted((a, b) => rank(a) - rank(b));
  if (checks.length === 0 && (result.identityProfile ?? result.advancedIdentityProfile)) return null;
  if (checks.length === 0) return <Text className={classes.none}>Yoti has reported no checks yet.</Text>;
  return (
    <>
      {checks.map((check) => (
        <Check key={check.id} sessionId={sessionId} check={check} used={resourceNames(result, check)} />
      ))}
    </>
  );
}

interface CheckProps {
  sessionId: string;
  check: CheckResult;
  /** What it looked at. */
  used: string[];
}

function Check({ sessionId, check, used }: CheckProps) {
  const known = catalog.checks[check.type];
  const { recommendation, breakdown } = check;
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
        {recommendation && <Reason recommendation={recommendation} sentences={known?.reasons} />}
        {check.watchlistSummary && <Watchlist sessionId={sessionId} summary={check.watchlistSummary} />}
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
        {check.scheme && <p className={classes.hint}>Scheme: {words(check.scheme)}</p>}
        <Leftovers other={{ ...check.other, ...recommendation?.other }} />
      </div>
    </details>
  );
}

interface ReasonProps {
  recommendation: NonNullable<CheckResult['recommendation']>;
  /** Reason code → sentence; undefined for a check unknown here. */
  sentences: Record<string, string> | undefined;
}

function Reason({ recommendation: { reason, recoverySuggestion }, sentences }: ReasonProps) {
  if (!reason) return null;
  return (
    <p className={classes.reason}>
      {sentences?.[reason] ?? words(reason)}
      {recoverySuggestion && <> Suggested: {words(recoverySuggestion)}.</>}
    </p>
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
        <Leftovers other={line.other} />
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
    ...attemptsOf(result.idDocuments).map(documentName),
    ...attemptsOf(result.supplementaryDocuments).map(documentName),
    ...attemptsOf(result.livenessCaptures).map(
      ({ resource, suffix }) => [resource.id, `selfie${suffix}`] as const,
    ),
    ...result.faceCaptures.map(({ id }) => [id, 'supplied picture'] as const),
    ...result.applicantProfiles.map(({ id }) => [id, 'supplied data'] as const),
    ...result.shareCodes.map(({ id }) => [id, 'share code'] as const),
  ]);
  return [...new Set(check.resourcesUsed.map((id) => names.get(id)).filter((name) => name !== undefined))];
}

const documentName = ({ resource, suffix }: Attempt<Document>) =>
  [resource.id, words(resource.documentType ?? 'document') + suffix] as const;
