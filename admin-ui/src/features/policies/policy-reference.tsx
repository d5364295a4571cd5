import catalog from 'virtual:catalog';
import { Code, Stack, Table, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { Panel } from '../../ui/page';

const parts = catalog.policyReference;

/** Everything that can be written in a policy, with what it means. */
export function PolicyReference() {
  const [wanted, setWanted] = useState('');
  const found = parts
    .map(({ name, fields }) => ({ name, fields: matching(name, fields, wanted.trim().toLowerCase()) }))
    .filter(({ fields }) => fields.length > 0);
  return (
    <Panel title="What can be written">
      <Stack gap="md">
        <TextInput
          label="Find a setting"
          placeholder="liveness, colour, watchlist…"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
        <Text size="sm" c="dimmed" role="status">
          {found.length > 0 ? 'Settings marked with * have to be there.' : 'No setting has these words.'}
        </Text>
        {found.map(({ name, fields }) => (
          <Part key={name} name={name} fields={fields} />
        ))}
      </Stack>
    </Panel>
  );
}

type Part = (typeof parts)[number];

function matching(part: string, fields: Part['fields'], wanted: string): Part['fields'] {
  if (part.toLowerCase().includes(wanted)) return fields;
  return fields.filter(({ name, kind, description }) =>
    `${name} ${kind} ${description}`.toLowerCase().includes(wanted),
  );
}

const Part = ({ name, fields }: Part) => (
  <Table.ScrollContainer minWidth={560} tabIndex={0}>
    <Table verticalSpacing={4} layout="fixed">
      <Table.Caption style={{ captionSide: 'top', textAlign: 'left' }}>
        <Text span fw={560}>
          {name}
        </Text>
      </Table.Caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th w="28%">Setting</Table.Th>
          <Table.Th w="28%">Value</Table.Th>
          <Table.Th>Meaning</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {fields.map((field) => (
          <Table.Tr key={field.name}>
            <Table.Td>
              <Code>{field.name}</Code>
              {field.required && '*'}
            </Table.Td>
            <Table.Td>{field.kind}</Table.Td>
            <Table.Td>{field.description}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  </Table.ScrollContainer>
);
