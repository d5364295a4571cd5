import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { api, type Schemas, unwrap } from '../../api/client';
import { useIdempotencyKey } from '../../api/idempotency';
import { fieldErrors } from '../../api/problem';
import { ProblemNote } from '../../ui/states';
import { locales } from './locales';
import type { Link } from './queries';
import { useRefresh } from './refresh-link';

interface Props {
  opened: boolean;
  link: Link;
  onClose: () => void;
}

/** Sends the link to an address; what becomes of it is shown with the link. */
export function EmailLinkModal({ opened, link, onClose }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title="Send the link by e-mail" closeOnClickOutside={false}>
      <EmailForm link={link} onClose={onClose} />
    </Modal>
  );
}

function EmailForm({ link: { sessionId, emails }, onClose }: Omit<Props, 'opened'>) {
  const idempotency = useIdempotencyKey();
  const refresh = useRefresh(sessionId);
  const form = useForm({
    initialValues: { email: '', locale: null as string | null },
    validate: { email: (email) => (/^\S+@\S+\.\S+$/.test(email.trim()) ? null : 'One e-mail address') },
  });
  const send = useMutation({
    mutationFn: (body: Schemas['EmailLink']) =>
      unwrap(
        api.POST('/v1/sessions/{id}/link/email', {
          params: { path: { id: sessionId } },
          body,
          // The next e-mail to the same address is another one.
          headers: { 'Idempotency-Key': idempotency.keyFor([body, emails.items.length]) },
        }),
      ),
    onSuccess() {
      idempotency.done();
      onClose();
      return refresh();
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  const submit = ({ email, locale }: typeof form.values) =>
    send.mutate({ email: email.trim(), ...(locale && { locale }) });
  return (
    <form onSubmit={form.onSubmit(submit)} noValidate>
      <Stack gap="md">
        {send.error && <ProblemNote error={send.error} />}
        <TextInput
          label="E-mail address"
          description="Of the person. It is kept encrypted until the e-mail is sent, then forgotten"
          type="email"
          autoComplete="off"
          maxLength={254}
          data-autofocus
          {...form.getInputProps('email')}
        />
        <Select
          label="Language of the e-mail"
          placeholder="The session’s"
          clearable
          data={locales}
          {...form.getInputProps('locale')}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
          <Button type="submit" loading={send.isPending}>
            Send
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
