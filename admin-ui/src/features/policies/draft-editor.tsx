import { Button, Code, Group, Kbd, Stack, Text, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDeviceFloppy } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, unwrapVersioned } from '../../api/client';
import { isCode } from '../../api/problem';
import { useShortcuts } from '../../ui/keyboard';
import { ProblemNote } from '../../ui/states';
import classes from './draft-editor.module.css';
import { PolicyReference } from './policy-reference';
import { type Policy, type PolicyDocument, policyQuery } from './queries';

interface Props {
  policy: Policy;
  etag: string;
}

/** The draft as text. The API says what is wrong with it, and where. */
export function DraftEditor({ policy, etag }: Props) {
  const client = useQueryClient();
  const original = JSON.stringify(policy.draft, null, 2);
  const [text, setText] = useState(original);
  const draft = parse(text);
  const changed = text !== original;
  const { queryKey } = policyQuery(policy.id);
  const save = useMutation({
    mutationFn: (body: { draft: PolicyDocument }) =>
      unwrapVersioned(
        api.PATCH('/v1/policies/{id}', {
          params: { path: { id: policy.id } },
          headers: { 'If-Match': etag },
          body,
        }),
      ),
    onSuccess(saved) {
      client.setQueryData(queryKey, saved);
      void client.invalidateQueries({ queryKey: ['policies', 'list'] });
      notifications.show({ message: 'The draft is saved. Publish it to use it.' });
    },
  });
  const submit = () => {
    if (changed && 'value' in draft && !save.isPending) save.mutate({ draft: draft.value });
  };
  useShortcuts('Draft', [{ keys: 'mod+s', label: 'Save the draft', run: submit, inFields: true }]);

  return (
    <Stack gap="sm">
      {save.error && (
        <SaveProblem error={save.error} onReload={() => void client.invalidateQueries({ queryKey })} />
      )}
      <Textarea
        aria-label="Draft as JSON"
        autosize
        minRows={18}
        maxRows={34}
        spellCheck={false}
        classNames={{ input: classes.code }}
        value={text}
        error={'problem' in draft ? draft.problem : undefined}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Group gap="xs">
        <Button
          leftSection={<IconDeviceFloppy size={16} />}
          disabled={!changed || 'problem' in draft}
          loading={save.isPending}
          onClick={submit}
        >
          Save the draft
          <Kbd size="xs" ml={10}>
            Ctrl s
          </Kbd>
        </Button>
        <Button variant="default" disabled={!changed} onClick={() => setText(original)}>
          Undo the changes
        </Button>
        {changed && (
          <Text size="sm" c="dimmed">
            Not saved yet
          </Text>
        )}
      </Group>
      <PolicyReference />
    </Stack>
  );
}

function SaveProblem({ error, onReload }: { error: Error; onReload: () => void }) {
  if (!isCode(error, 'version_mismatch')) return <ProblemNote error={error} />;
  return (
    <Stack gap="xs">
      <ProblemNote error={error} onRetry={onReload} />
      <Text size="sm">
        Somebody changed this policy meanwhile. Copy your text, then <Code>Try again</Code> loads theirs.
      </Text>
    </Stack>
  );
}

/** Whether the API can be asked at all; what the document may say, the API decides. */
function parse(text: string): { value: PolicyDocument } | { problem: string } {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? { value: value as PolicyDocument } : { problem: 'A policy is a JSON object.' };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : 'This is not JSON.' };
  }
}
