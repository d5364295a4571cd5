import { Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconFileCertificate, IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Schemas, unwrap } from '../../api/client';
import { useIdempotencyKey } from '../../api/idempotency';
import { useMe } from '../../api/me';
import { fieldErrors, isCode } from '../../api/problem';
import { ButtonLink, TextLink } from '../../ui/links';
import { Page, Panel } from '../../ui/page';
import { Loaded, Nothing, ProblemNote } from '../../ui/states';
import { SessionTag } from '../../ui/status';
import { type PolicyItem, policiesQuery } from '../policies/queries';
import { ClientLink } from './client-link';
import { locales } from './locales';
import { isOpen, type Session, sessionQuery } from './queries';
import classes from './new-session-page.module.css';
import { Timeline } from './timeline';

/** Starts a verification without any code: a form, then a link and a QR code for the person. */
export function NewSessionPage() {
  const [created, setCreated] = useState<Session | null>(null);
  const policies = useInfiniteQuery(policiesQuery);
  return (
    <Page
      title="New session"
      subtitle={
        created
          ? 'Give the link to the person; this page follows what happens'
          : 'Verify one person, without writing code'
      }
    >
      {created ? (
        <Started session={created} onAgain={() => setCreated(null)} />
      ) : (
        <div className={classes.form}>
          <Loaded query={policies}>
            {(all) => {
              const published = all.filter(({ publishedVersion }) => publishedVersion !== null);
              return published.length > 0 ? (
                <NewSessionForm policies={published} onCreated={setCreated} />
              ) : (
                <NoPolicy />
              );
            }}
          </Loaded>
        </div>
      )}
    </Page>
  );
}

const NoPolicy = () => (
  <Nothing
    icon={IconFileCertificate}
    title="There is no published policy yet"
    action={
      <ButtonLink to="/policies" variant="default">
        Go to policies
      </ButtonLink>
    }
  >
    A policy says what is asked of the person. Publish one, then come back.
  </Nothing>
);

interface FormProps {
  policies: PolicyItem[];
  onCreated: (session: Session) => void;
}

function NewSessionForm({ policies, onCreated }: FormProps) {
  const idempotency = useIdempotencyKey();
  const form = useForm({
    initialValues: {
      policy: policies[0]?.slug ?? '',
      reference: '',
      locale: null as string | null,
      successUrl: '',
      errorUrl: '',
    },
    validate: { successUrl: checkUrl, errorUrl: checkUrl },
  });
  const create = useMutation({
    mutationFn: (body: Schemas['CreateSession']) =>
      unwrap(api.POST('/v1/sessions', { body, headers: { 'Idempotency-Key': idempotency.keyFor(body) } })),
    onSuccess(session) {
      idempotency.done();
      onCreated(session);
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });

  function submit({ policy, ...optional }: typeof form.values) {
    const told = Object.fromEntries(Object.entries(optional).filter(([, value]) => value?.trim()));
    create.mutate({ policy, ...told });
  }

  return (
    <Panel title="What to verify">
      <form onSubmit={form.onSubmit(submit)} noValidate>
        <Stack gap="md">
          {create.error && <CreateProblem error={create.error} />}
          <Select
            label="Policy"
            description="What is asked of the person and how it is decided"
            data={policies.map(({ slug, name, publishedVersion }) => ({
              value: slug,
              label: `${name} (v${publishedVersion})`,
            }))}
            {...form.getInputProps('policy')}
          />
          <TextInput
            label="Reference"
            description="Your own number for the person or case. Not a name: it is shown in lists and addresses"
            placeholder="customer-4711"
            maxLength={200}
            autoComplete="off"
            {...form.getInputProps('reference')}
          />
          <Select
            label="Language"
            description="Of the pages the person sees"
            placeholder="The person’s browser decides"
            clearable
            data={locales}
            {...form.getInputProps('locale')}
          />
          <Group grow align="flex-start">
            <TextInput
              label="Address when done"
              description="Where the person goes afterwards"
              placeholder="https://"
              {...form.getInputProps('successUrl')}
            />
            <TextInput
              label="Address when it fails"
              description="Where the person goes if they can not go on"
              placeholder="https://"
              {...form.getInputProps('errorUrl')}
            />
          </Group>
          <Group gap="xs">
            <Button type="submit" loading={create.isPending}>
              Start the session
            </Button>
            <ButtonLink to="/sessions" variant="default">
              Back
            </ButtonLink>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}

const checkUrl = (value: string) =>
  value === '' || /^https?:\/\/[^\s/]+/.test(value) ? null : 'An address that begins with https://';

function CreateProblem({ error }: { error: Error }) {
  const { can } = useMe();
  return (
    <>
      <ProblemNote error={error} />
      {isCode(error, 'no_active_credential') && can('credentials:read') && (
        <TextLink to="/credentials" fz="sm">
          Add and activate a Yoti credential
        </TextLink>
      )}
    </>
  );
}

/** The link, and what happens from now on. */
function Started({ session: created, onAgain }: { session: Session; onAgain: () => void }) {
  const { data: session } = useQuery({ ...sessionQuery(created.id), initialData: created });
  return (
    <div className={classes.started}>
      <Stack gap="md" miw={0}>
        <ClientLink sessionId={session.id} />
        <Group gap="xs">
          <ButtonLink to="/sessions/$sessionId" params={{ sessionId: session.id }} variant="default">
            Open the session
          </ButtonLink>
          <Button variant="default" leftSection={<IconPlus size={16} />} onClick={onAgain}>
            Another session
          </Button>
        </Group>
      </Stack>
      <Panel title="What happens" actions={<SessionTag session={session} />}>
        <Timeline sessionId={session.id} live={isOpen(session)} />
      </Panel>
    </div>
  );
}
