import { Alert, Code, List, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../../api/client';
import { Copy } from '../../ui/copy';
import { Panel } from '../../ui/page';
import { Loaded } from '../../ui/states';
import classes from './preview.module.css';
import { type Policy, previewQuery } from './queries';

/** The draft as Yoti would get it, with what is wrong or doubtful about it. */
export function Preview({ policy }: { policy: Policy }) {
  const query = useQuery(previewQuery(policy.id, policy.version));
  return (
    <Loaded query={query}>
      {({ specification, errors, warnings }) => (
        <Stack gap="md">
          <Findings errors={errors} warnings={warnings} />
          {specification && (
            <Panel
              title="Yoti’s create-session body"
              actions={<Copy value={JSON.stringify(specification, null, 2)} label="the body" />}
              flush
            >
              <pre className={classes.code} tabIndex={0}>
                {JSON.stringify(specification, null, 2)}
              </pre>
            </Panel>
          )}
        </Stack>
      )}
    </Loaded>
  );
}

type Finding = Schemas['PolicyFinding'];

/** What keeps a draft from being published, and what is probably not meant. */
export function Findings({ errors, warnings }: { errors: Finding[]; warnings: Finding[] }) {
  if (errors.length + warnings.length === 0) {
    return (
      <Alert
        variant="light"
        color="green"
        icon={<IconCircleCheck size={18} aria-hidden />}
        title="Yoti would accept this draft"
      />
    );
  }
  return (
    <>
      {errors.length > 0 && (
        <Alert
          variant="light"
          color="red"
          icon={<IconCircleX size={18} aria-hidden />}
          title="This draft can not be published"
        >
          <FindingList findings={errors} />
        </Alert>
      )}
      {warnings.length > 0 && (
        <Alert
          variant="light"
          color="yellow"
          icon={<IconAlertTriangle size={18} aria-hidden />}
          title="Probably not what is meant"
        >
          <FindingList findings={warnings} />
        </Alert>
      )}
    </>
  );
}

const FindingList = ({ findings }: { findings: Finding[] }) => (
  <List size="sm" spacing={4}>
    {findings.map(({ path, message, fix }) => (
      <List.Item key={`${path} ${message}`}>
        <Code>{path || '/'}</Code> {message}
        {fix && (
          <Text size="sm" c="dimmed">
            {fix}
          </Text>
        )}
      </List.Item>
    ))}
  </List>
);
