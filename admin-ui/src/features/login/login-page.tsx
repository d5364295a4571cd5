import { Button, PasswordInput, Stack, TextInput, Title, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDocumentTitle } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { api, type Schemas, unwrap } from '../../api/client';
import { meQuery } from '../../api/me';
import { queryClient } from '../../api/query-client';
import { ProblemNote } from '../../ui/states';
import classes from './login-page.module.css';

export function LoginPage() {
  useDocumentTitle('Log in · Countersign');
  const router = useRouter();
  const { next } = useSearch({ from: '/login' });
  const form = useForm({
    initialValues: { email: '', password: '' },
    validate: {
      email: (email) => (email.includes('@') ? null : 'Your e-mail address'),
      password: (password) => (password ? null : 'Your password'),
    },
  });
  const logIn = useMutation({
    mutationFn: (body: Schemas['Login']) => unwrap(api.POST('/v1/auth/login', { body })),
    onSuccess(me) {
      queryClient.clear();
      queryClient.setQueryData(meQuery.queryKey, me);
      router.history.push(router.history.createHref(`/console${next ?? '/'}`));
    },
    onError: () => form.setFieldValue('password', ''),
  });
  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <div className={classes.head}>
          <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" width={40} height={40} />
          <Title order={1} size="h3">
            Countersign
          </Title>
          <Text c="dimmed" size="sm">
            Log in to review and manage verifications
          </Text>
        </div>
        <form onSubmit={form.onSubmit((values) => logIn.mutate(values))} noValidate>
          <Stack gap="md">
            {logIn.error && <ProblemNote error={logIn.error} />}
            <TextInput
              label="E-mail"
              type="email"
              autoComplete="username"
              size="md"
              data-autofocus
              autoFocus
              {...form.getInputProps('email')}
            />
            <PasswordInput
              label="Password"
              autoComplete="current-password"
              size="md"
              {...form.getInputProps('password')}
            />
            <Button type="submit" size="md" loading={logIn.isPending} fullWidth mt={4}>
              Log in
            </Button>
          </Stack>
        </form>
      </div>
    </main>
  );
}
