import { Box } from '@mantine/core';
import { IconMapOff } from '@tabler/icons-react';
import { useRouter } from '@tanstack/react-router';
import classes from './error-pages.module.css';
import { ButtonLink } from '../ui/links';
import { Nothing, ProblemNote } from '../ui/states';

export function MissingPage() {
  return (
    <main>
      <Nothing
        icon={IconMapOff}
        title={<h1 className={classes.title}>There is no such page</h1>}
        action={
          <ButtonLink to="/" variant="default">
            Go to the start page
          </ButtonLink>
        }
      >
        The address may be mistyped, or what it showed is gone.
      </Nothing>
    </main>
  );
}

/** A page that could not be shown at all. */
export function CrashedPage({ error }: { error: unknown }) {
  const router = useRouter();
  return (
    <Box component="main" maw={640} mx="auto" p="xl">
      <ProblemNote error={error} onRetry={() => void router.invalidate()} />
    </Box>
  );
}
