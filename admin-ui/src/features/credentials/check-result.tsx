import { Group, Stack, Text } from '@mantine/core';
import {
  type Icon,
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleX,
  IconHelpCircle,
} from '@tabler/icons-react';
import type { Schemas } from '../../api/client';
import type { Tone } from '../../ui/tag';
import { Age } from '../../ui/time';
import classes from './check-result.module.css';
import type { Credential } from './queries';

type Finding = Schemas['CredentialFinding'];

function Mark({
  icon: Icon,
  tone,
  label,
  size = 16,
}: {
  icon: Icon;
  tone: Tone;
  label: string;
  size?: number;
}) {
  return <Icon size={size} role="img" aria-label={label} className={classes.mark} data-tone={tone} />;
}

/** What the last check found: the verdict, and each point with what to do about it. */
export function CheckResult({ check }: { check: Credential['lastCheck'] }) {
  if (!check) {
    return (
      <Text size="sm" c="dimmed">
        Not checked yet. A check makes signed calls to Yoti; nobody is asked anything and nothing is kept
        there.
      </Text>
    );
  }
  return (
    <Stack gap="sm">
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <Mark
          size={18}
          icon={check.ok ? IconCircleCheck : IconCircleX}
          tone={check.ok ? 'green' : 'red'}
          label={check.ok ? 'Good' : 'Not good'}
        />
        <div>
          <Text size="sm">{check.message}</Text>
          <Text size="xs" c="dimmed">
            {check.diagnosis}
            {check.depth === 'basic' && ' · without making a session'} · checked{' '}
            <Age since={check.at} suffix=" ago" />
          </Text>
        </div>
      </Group>
      {check.findings.length > 0 && (
        <ul className={classes.findings} aria-label="What the check looked at">
          {check.findings.map((finding) => (
            <FindingItem key={finding.code} finding={finding} verdict={check} />
          ))}
        </ul>
      )}
    </Stack>
  );
}

function FindingItem({ finding, verdict }: { finding: Finding; verdict: { ok: boolean; message: string } }) {
  const { ok, message, fix } = finding;
  return (
    <li className={classes.finding}>
      <FindingMark ok={ok} tolerated={verdict.ok} />
      <div>
        <Text size="sm" c={ok === null ? 'dimmed' : undefined}>
          {message}
        </Text>
        {fix && (
          <Text size="xs" c="dimmed">
            {fix}
          </Text>
        )}
      </div>
    </li>
  );
}

/** A point that is wrong although the credential works is a warning. */
function FindingMark({ ok, tolerated }: { ok: boolean | null; tolerated: boolean }) {
  if (ok === null) return <Mark icon={IconHelpCircle} tone="gray" label="Not known" />;
  if (ok) return <Mark icon={IconCircleCheck} tone="green" label="Right" />;
  if (tolerated) return <Mark icon={IconAlertTriangle} tone="amber" label="To be looked at" />;
  return <Mark icon={IconCircleX} tone="red" label="Wrong" />;
}
