import { Group, Stack, Text } from '@mantine/core';
import { OutcomeTag } from '../../ui/status';
import { Time } from '../../ui/time';
import { plural } from '../../ui/words';
import { factWords, reasonLabel } from '../reviews/reasons';
import type { Session } from './queries';
import classes from './decision.module.css';

/** What was decided, by which rule, and on which facts. */
export function DecisionExplained({ decision }: { decision: NonNullable<Session['decision']> }) {
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <OutcomeTag outcome={decision.outcome} />
        <Text size="xs" c="dimmed">
          <Time at={decision.decidedAt} />
        </Text>
      </Group>
      <Text size="sm">{explain(decision)}</Text>
      {decision.reasonCodes.length > 0 && (
        <Codes codes={decision.reasonCodes} wordsOf={decision.by === 'review' ? reasonLabel : factWords} />
      )}
      {decision.facts.length > 0 && (
        <details className={classes.more}>
          <summary>{plural(decision.facts.length, 'fact')} it looked at</summary>
          <Codes codes={decision.facts} wordsOf={factWords} />
        </details>
      )}
    </Stack>
  );
}

function explain({ by, rule }: NonNullable<Session['decision']>): string {
  if (by === 'review') return 'A person decided.';
  return rule
    ? `The policy's rule “${rule}” decided.`
    : 'No rule of the policy held, so its default decided.';
}

const Codes = ({ codes, wordsOf }: { codes: string[]; wordsOf: (code: string) => string }) => (
  <ul className={classes.codes}>
    {codes.map((code) => (
      <li key={code} title={code}>
        {wordsOf(code)}
      </li>
    ))}
  </ul>
);
