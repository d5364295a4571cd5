import { Group, Stack, Text } from '@mantine/core';
import { OutcomeTag } from '../../ui/status';
import { Time } from '../../ui/time';
import { factWords } from '../reviews/reasons';
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
      {decision.reasonCodes.length > 0 && <Codes title="Because" codes={decision.reasonCodes} />}
      {decision.facts.length > 0 && <Codes title="Facts it looked at" codes={decision.facts} />}
    </Stack>
  );
}

function explain({ by, rule }: NonNullable<Session['decision']>): string {
  if (by === 'review') return 'A person decided.';
  return rule ? `The policy's rule “${rule}” decided.` : "No rule of the policy held, so its default decided.";
}

const Codes = ({ title, codes }: { title: string; codes: string[] }) => (
  <div>
    <Text size="xs" c="dimmed">
      {title}
    </Text>
    <ul className={classes.codes}>
      {codes.map((code) => (
        <li key={code} title={code}>
          {factWords(code)}
        </li>
      ))}
    </ul>
  </div>
);
