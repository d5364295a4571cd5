import { SegmentedControl, Text } from '@mantine/core';
import { useState } from 'react';
import { Copy } from '../../ui/copy';
import { Tag } from '../../ui/tag';
import { words } from '../../ui/words';
import { ageOn, type Field, groupFields, isPast } from './fields';
import classes from './fields-table.module.css';
import type { SessionResult } from './queries';

/** What Yoti read from the documents; the latest attempt first. */
export function FieldsTable({ result }: { result: SessionResult }) {
  const documents = [...result.idDocuments.toReversed(), ...result.supplementaryDocuments].filter(
    ({ fields }) => fields,
  );
  const [chosen, setChosen] = useState(0);
  const document = documents[chosen] ?? documents[0];
  if (!document?.fields) return <Text className={classes.none}>No data was read from a document.</Text>;
  return (
    <>
      {documents.length > 1 && (
        <SegmentedControl
          size="xs"
          m={10}
          aria-label="Document"
          value={String(chosen)}
          onChange={(value) => setChosen(Number(value))}
          data={documents.map(({ documentType }, index) => ({
            value: String(index),
            label: words(documentType ?? 'document') + (index > 0 ? ` ${index + 1}` : ''),
          }))}
        />
      )}
      <table className={classes.table}>
        {groupFields(document.fields).map(({ title, fields }) => (
          <tbody key={title}>
            <tr>
              <th colSpan={3} scope="rowgroup" className={classes.group}>
                {title}
              </th>
            </tr>
            {fields.map((field) => (
              <Row key={field.name} field={field} />
            ))}
          </tbody>
        ))}
      </table>
    </>
  );
}

function Row({ field }: { field: Field }) {
  if (field.monospaced) return <ZoneRow field={field} />;
  return (
    <tr className={classes.row}>
      <th scope="row">{field.label}</th>
      <td className={classes.value}>
        {field.value} <Remark field={field} />
      </td>
      <td className={classes.copy}>
        <Copy value={field.value} label={field.label.toLowerCase()} />
      </td>
    </tr>
  );
}

/** Too wide for the column of values: it has the width of the table. */
const ZoneRow = ({ field }: { field: Field }) => (
  <tr className={classes.row}>
    <td colSpan={2} className={classes.zoneCell}>
      <pre className={classes.zone} tabIndex={0} aria-label={field.label}>
        {field.value}
      </pre>
    </td>
    <td className={classes.copy}>
      <Copy value={field.value} label="the zone" />
    </td>
  </tr>
);

/** What a reader would have to work out. */
function Remark({ field: { name, value } }: { field: Field }) {
  const now = new Date();
  if (name === 'expiration_date' && isPast(value, now)) return <Tag tone="red">Expired</Tag>;
  const age = name === 'date_of_birth' ? ageOn(value, now) : null;
  return age === null ? null : (
    <Text span c="dimmed" size="xs">
      {age} years
    </Text>
  );
}
