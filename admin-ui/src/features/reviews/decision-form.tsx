import { Button, Group, Stack, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { Schemas } from '../../api/client';
import { useShortcuts } from '../../ui/keyboard';
import classes from './decision-panel.module.css';
import { type Decision, type ReasonCode, reasonsFor } from './reasons';

interface FormProps {
  decision: Decision;
  busy: boolean;
  onCancel: () => void;
  onConfirm: (body: Schemas['DecideReview']) => void;
}

/** Why, and what colleagues should know. */
export function DecisionForm({ decision, busy, onCancel, onConfirm }: FormProps) {
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
