import { Button, Group, Kbd, Stack, Text, Textarea } from '@mantine/core';
import { IconArrowRight, IconCheck, IconLock, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import type { Schemas } from '../../api/client';
import { isCode } from '../../api/problem';
import { useShortcuts } from '../../ui/keyboard';
import { ProblemNote } from '../../ui/states';
import { OutcomeTag } from '../../ui/status';
import { Time } from '../../ui/time';
import { formatSpan, formatTime } from '../../ui/words';
import classes from './decision-panel.module.css';
import { useLease } from './lease';
import type { Review } from './queries';
import type { useReviewActions } from './queries';
import { type Decision, type ReasonCode, reasonLabel, reasonsFor } from './reasons';

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
      {review.decision ? (
        <>
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
        </>
      ) : (
        <Text size="sm">The session ended before anybody decided. There is nothing left to do here.</Text>
      )}
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

function Free({ actions: { claim }, onNext }: Props) {
  useShortcuts('Decision', [
    { keys: 't', label: 'Take this case', run: () => claim.mutate() },
    { keys: 'n', label: 'Take the next case', run: onNext },
  ]);
  return (
    <Stack gap="sm" p="md">
      {claim.error && <ProblemNote error={claim.error} />}
      <Text size="sm">Nobody works on this case. Take it to decide.</Text>
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

function Mine({ actions, onNext, until }: Props & { until: string }) {
  const [decision, setDecision] = useState<Decision | null>(null);
  const { claim, release, decide } = actions;
  const lease = useLease(until, () => claim.mutate());
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
      <div className={classes.choice} role="group" aria-label="Decision">
        <button
          type="button"
          className={classes.approve}
          aria-pressed={decision === 'approved'}
          onClick={() => setDecision('approved')}
        >
          <IconCheck size={18} stroke={2.2} aria-hidden /> Approve <kbd aria-hidden>a</kbd>
        </button>
        <button
          type="button"
          className={classes.reject}
          aria-pressed={decision === 'rejected'}
          onClick={() => setDecision('rejected')}
        >
          <IconX size={18} stroke={2.2} aria-hidden /> Reject <kbd aria-hidden>x</kbd>
        </button>
      </div>
      {decision && (
        <DecisionForm
          key={decision}
          decision={decision}
          busy={busy}
          onCancel={() => setDecision(null)}
          onConfirm={(body) => decide.mutate(body, { onSuccess: onNext })}
        />
      )}
      <div className={classes.lease} data-low={lease.left < 120 || undefined}>
        <span>
          Yours for <b>{formatSpan(lease.left)}</b>
          {lease.idle && ' · paused: are you there?'}
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

function DecideProblem({ error }: { error: Error }) {
  if (!isCode(error, 'review_decided', 'review_claimed', 'version_mismatch'))
    return <ProblemNote error={error} />;
  return <Text size="sm">Somebody else was faster; the case shows what they did.</Text>;
}

interface FormProps {
  decision: Decision;
  busy: boolean;
  onCancel: () => void;
  onConfirm: (body: Schemas['DecideReview']) => void;
}

function DecisionForm({ decision, busy, onCancel, onConfirm }: FormProps) {
  const [reason, setReason] = useState<ReasonCode | null>(null);
  const [note, setNote] = useState('');
  const reasons = reasonsFor(decision);
  const needsNote = reason === 'other' && note.trim() === '';
  const ready = reason !== null && !needsNote && !busy;

  function confirm() {
    if (!ready) return;
    onConfirm({ decision, reasonCode: reason, ...(note.trim() && { note: note.trim() }) });
  }

  useShortcuts('Reason', [
    ...reasons.map(({ code, label }, index) => ({
      keys: String(index + 1),
      label,
      run: () => setReason(code),
    })),
    { keys: 'mod+Enter', label: 'Confirm and go to the next case', run: confirm, inFields: true },
    { keys: 'Escape', label: 'Back', run: onCancel, inFields: true },
  ]);

  return (
    <Stack gap="sm">
      <div role="radiogroup" aria-label="Reason" className={classes.reasons}>
        {reasons.map(({ code, label }, index) => (
          <label key={code} className={classes.reason} data-checked={reason === code || undefined}>
            <input
              type="radio"
              name="reason"
              value={code}
              checked={reason === code}
              onChange={() => setReason(code)}
            />
            <kbd aria-hidden>{index + 1}</kbd>
            {label}
          </label>
        ))}
      </div>
      <Textarea
        label="Note for colleagues"
        description={reason === 'other' ? 'Say which reason' : undefined}
        placeholder="Optional"
        autosize
        minRows={2}
        maxRows={6}
        maxLength={2000}
        value={note}
        error={needsNote && note !== '' ? 'Say which reason' : undefined}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <Group gap="xs" grow preventGrowOverflow={false}>
        <Button
          color={decision === 'approved' ? 'teal.9' : 'red.9'}
          disabled={!ready}
          loading={busy}
          onClick={confirm}
          rightSection={<span className={classes.confirmKey}>Ctrl ↵</span>}
        >
          {decision === 'approved' ? 'Approve' : 'Reject'}, next
        </Button>
        <Button variant="default" onClick={onCancel} style={{ flex: 'none' }}>
          Back
        </Button>
      </Group>
    </Stack>
  );
}
