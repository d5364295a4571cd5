import { Alert, Box, Button, Code, EmptyState, Group, List, Skeleton, Stack, Text } from '@mantine/core';
import { type Icon, IconAlertTriangle, IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { ApiProblem } from '../api/problem';

/** What went wrong, as the problem document says, with the id that support asks for. */
export function ProblemNote({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const problem = error instanceof ApiProblem ? error : null;
  return (
    <Alert
      role="alert"
      color="red"
      icon={<IconAlertTriangle size={18} aria-hidden />}
      title={problem?.title ?? 'Something went wrong in the console'}
    >
      <Stack gap={6} align="flex-start">
        {problem?.detail && <Text size="sm">{problem.detail}</Text>}
        {problem && problem.errors.length > 0 && (
          <List size="sm" spacing={2}>
            {problem.errors.map(({ path, message }) => (
              <List.Item key={`${path} ${message}`}>
                {path && <Code>{path}</Code>} {message}
              </List.Item>
            ))}
          </List>
        )}
        <Group gap="sm">
          {onRetry && problem?.status !== 404 && problem?.status !== 403 && (
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconRefresh size={14} />}
              onClick={onRetry}
            >
              Try again
            </Button>
          )}
          {problem?.requestId && (
            <Text size="xs" c="dimmed">
              Request {problem.requestId}
            </Text>
          )}
        </Group>
      </Stack>
    </Alert>
  );
}

interface NothingProps {
  icon: Icon;
  title: ReactNode;
  /** What to do next. */
  children?: ReactNode;
  action?: ReactNode;
}

/** An empty list or a missing page. */
export function Nothing({ icon: Icon, title, children, action }: NothingProps) {
  return (
    <EmptyState
      py={64}
      px="md"
      size="sm"
      withIndicatorBackground
      icon={<Icon size={22} stroke={1.7} aria-hidden />}
      title={title}
      description={children}
    >
      {action && <EmptyState.Actions>{action}</EmptyState.Actions>}
    </EmptyState>
  );
}

/** Placeholder of a page or panel while its data comes. */
export function Loading({ rows = 4 }: { rows?: number }) {
  return (
    <Stack gap="sm" aria-busy aria-label="Loading" role="status">
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} h={16} w={`${92 - ((row * 17) % 45)}%`} />
      ))}
    </Stack>
  );
}

interface QueryLike<Data> {
  data: Data | undefined;
  error: Error | null;
  refetch: () => unknown;
}

/** Shows a query's data, or that it is coming, or why it doesn't. Data once read stays while a refresh fails. */
export function Loaded<Data>({
  query,
  loading,
  children,
}: {
  query: QueryLike<Data>;
  loading?: ReactNode;
  children: (data: Data) => ReactNode;
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error) {
    return (
      <Box maw={720}>
        <ProblemNote error={query.error} onRetry={() => void query.refetch()} />
      </Box>
    );
  }
  return <>{loading ?? <Loading />}</>;
}
