import { Button, Group, Kbd, Stack, Text } from '@mantine/core';
import { IconArrowRight, IconCheck, IconLock, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { isCode } from '../../api/problem';
import { useShortcuts } from '../../ui/keyboard';
import { ProblemNote } from '../../ui/states';
import { OutcomeTag } from '../../ui/status';
import { Time } from '../../ui/time';
import { formatSpan, formatTime } from '../../ui/words';
import classes from './decision-panel.module.css';
import { type Lease, useLease } from './lease';
import type { Review, useReviewActions } from './queries';
import { DecisionForm } from './decision-form';
import { type Decision, reasonLabel } from './reasons';

const LOW_SECONDS = 120;

interface Props {
  review: Review;
  myId: string;
  mayDecide: boolean;
  actions: ReturnType<typeof useReviewActions>;
  /** Loads the next case; called when this one is decided, too. */
  onNext: () => void;
  nextPending: boolean;
}

/** What the person can do with the case, given who holds it. */
export function DecisionPanel(props: Props) {
  const { review, myId, mayDecide } = props;
  if (review.status !== 'open') return <Closed {...props} />;
  if (!mayDecide) return <Note>You can read this case. Deciding it needs a reviewer.</Note>;
  if (review.claimedBy?.id === myId) return <Mine {...props} until={review.claimedBy.until} />;
  if (review.claimedBy)
    return <Taken {...props} name={review.claimedBy.name} until={review.claimedBy.until} />;
  return <Free {...props} />;
}

const Note = ({ children }: { children: string }) => (
  <Text size="sm" c="dimmed" p="md">
    {children}
  </Text>
);

function Closed({ review, onNext, nextPending, mayDecide }: Props) {
  useShortcuts('Decision', mayDecide ? [{ keys: 'n', label: 'Take the next case', run: onNext }] : []);
  return (
    <Stack gap="sm" p="md">
      <Group gap="xs">
        <OutcomeTag outcome={review.decision} />
        {review.decidedAt && (
          <Text size="xs" c="dimmed">
            <Time at={review.decidedAt} />
          </Text>
        )}
      </Group>
      {review.reasonCode && <Text size="sm">{reasonLabel(review.reasonCode)}</Text>}
      {review.note && <blockquote className={classes.note}>{review.note}</blockquote>}
      {mayDecide && <NextButton onNext={onNext} pending={nextPending} />}
    </Stack>
  );
}

function Taken({ name, until, onNext, nextPending }: Props & { name: string | null; until: string }) {
  useShortcuts('Decision', [{ keys: 'n', label: 'Take the next case', run: onNext }]);
  return (
    <Stack gap="sm" p="md">
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <IconLock size={16} aria-hidden style={{ marginTop: 2, flex: 'none' }} />
        <Text size="sm">
          {name ?? 'Somebody else'} works on this case until {formatTime(until)}. You can look, but not
          decide.
        </Text>
      </Group>
      <NextButton onNext={onNext} pending={nextPending} />
    </Stack>
  );
}

function Free({ actions: { claim }, onNext, ended = false }: Props & { ended?: boolean }) {
  useShortcuts('Decision', [
    { keys: 't', label: 'Take this case', run: () => claim.mutate() },
    { keys: 'n', label: 'Take the next case', run: onNext },
  ]);
  return (
    <Stack gap="sm" p="md">
      {claim.error && <ProblemNote error={claim.error} />}
      <Text size="sm">
        {ended
          ? 'Your time with this case has run out. Take it again to decide.'
          : 'Nobody works on this case. Take it to decide.'}
      </Text>
      <Button onClick={() => claim.mutate()} loading={claim.isPending} rightSection={<Kbd size="xs">t</Kbd>}>
        Take this case
      </Button>
    </Stack>
  );
}

const NextButton = ({ onNext, pending }: { onNext: () => void; pending: boolean }) => (
  <Button
    variant="default"
    onClick={onNext}
    loading={pending}
    leftSection={<IconArrowRight size={16} />}
    rightSection={<Kbd size="xs">n</Kbd>}
  >
    Next case
  </Button>
);

function Mine(props: Props & { until: string }) {
  const { claim } = props.actions;
  const lease = useLease(props.until, () => claim.mutate());
  return lease.left > 0 ? <Deciding {...props} lease={lease} /> : <Free {...props} ended />;
}

function Deciding({ actions, onNext, lease }: Props & { lease: Lease }) {
  const [decision, setDecision] = useState<Decision | null>(null);
  const { release, decide } = actions;
  const busy = decide.isPending || release.isPending;

  useShortcuts('Decision', [
    { keys: 'a', label: 'Approve…', run: () => setDecision('approved') },
    { keys: 'x', label: 'Reject…', run: () => setDecision('rejected') },
    { keys: 'q', label: 'Put the case back', run: () => !busy && release.mutate() },
  ]);

  return (
    <Stack gap="sm" p="md">
      {decide.error && <DecideProblem error={decide.error} />}
      {release.error && <ProblemNote error={release.error} />}
      <Choice decision={decision} onChoose={setDecision} />
      {decision && (
        <DecisionForm
          key={decision}
          decision={decision}
          busy={busy}
          onCancel={() => setDecision(null)}
          onConfirm={(body) => decide.mutate(body, { onSuccess: onNext })}
        />
      )}
      <div className={classes.lease} data-low={lease.left < LOW_SECONDS || undefined}>
        <span>
          Yours for <b>{formatSpan(lease.left)}</b>
          {lease.idle && ' · are you there?'}
        </span>
        <Button
          variant="subtle"
          color="gray"
          size="compact-xs"
          loading={release.isPending}
          onClick={() => release.mutate()}
          rightSection={<Kbd size="xs">q</Kbd>}
        >
          Put back
        </Button>
      </div>
    </Stack>
  );
}

interface ChoiceProps {
  decision: Decision | null;
  onChoose: (decision: Decision) => void;
}

const Choice = ({ decision, onChoose }: ChoiceProps) => (
  <div className={classes.choice} role="group" aria-label="Decision">
    <button
      type="button"
      className={classes.approve}
      aria-pressed={decision === 'approved'}
      onClick={() => onChoose('approved')}
    >
      <IconCheck size={18} stroke={2.2} aria-hidden /> Approve <kbd aria-hidden>a</kbd>
    </button>
    <button
      type="button"
      className={classes.reject}
      aria-pressed={decision === 'rejected'}
      onClick={() => onChoose('rejected')}
    >
      <IconX size={18} stroke={2.2} aria-hidden /> Reject <kbd aria-hidden>x</kbd>
    </button>
  </div>
);

function DecideProblem({ error }: { error: Error }) {
  if (!isCode(error, 'review_decided', 'review_claimed', 'version_mismatch'))
    return <ProblemNote error={error} />;
  return <Text size="sm">Somebody else was faster; the case shows what they did.</Text>;
}
