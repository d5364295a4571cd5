import { Box, Button } from '@mantine/core';
import { IconMapOff } from '@tabler/icons-react';
import { Link, useRouter } from '@tanstack/react-router';
import { Nothing, ProblemNote } from '../ui/states';

export function MissingPage() {
  return (
    <main>
      <Nothing
        icon={IconMapOff}
        title="There is no such page"
        action={
          <Button component={Link} to="/" variant="default">
            Go to the start page
          </Button>
        }
      >
        The address may be mistyped, or what it showed is gone.
      </Nothing>
    </main>
  );
}

/** A page that could not be shown at all. */
export function CrashedPage({ error }: { error: Error }) {
  const router = useRouter();
  return (
    <Box component="main" maw={640} mx="auto" p="xl">
      <ProblemNote error={error} onRetry={() => void router.invalidate()} />
    </Box>
  );
}
