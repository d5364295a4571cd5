import { ActionIcon, Alert, Button, CopyButton, Group, Stack, Text, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy, IconKey } from '@tabler/icons-react';
import classes from './copy.module.css';

/** Copies a value; `label` says which, for screen readers and on hover. */
export function Copy({ value, label }: { value: string; label: string }) {
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : `Copy ${label}`}>
          <ActionIcon size={24} aria-label={copied ? 'Copied' : `Copy ${label}`} onClick={copy}>
            {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}

/** An identifier or code, monospaced, with a copy button. */
export function CopyCode({ value, label, shown = value }: { value: string; label: string; shown?: string }) {
  return (
    <span className={classes.line}>
      <span className={classes.code}>{shown}</span>
      <Copy value={value} label={label} />
    </span>
  );
}

/** A secret that the API tells once. */
export function SecretOnce({ title, value, hint }: { title: string; value: string; hint: string }) {
  return (
    <Alert variant="light" color="yellow" icon={<IconKey size={18} aria-hidden />} title={title}>
      <Stack gap="xs">
        <Text size="sm">{hint}</Text>
        <Group gap="xs" wrap="nowrap" align="stretch">
          <code className={classes.secret}>{value}</code>
          <CopyButton value={value}>
            {({ copied, copy }) => (
              <Button
                variant="default"
                onClick={copy}
                leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
              >
                {copied ? 'Copied' : 'Copy'}
              </Button>
            )}
          </CopyButton>
        </Group>
      </Stack>
    </Alert>
  );
}
