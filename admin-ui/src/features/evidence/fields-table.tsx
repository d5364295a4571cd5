import { SegmentedControl, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useState } from 'react';
import { Copy } from '../../ui/copy';
import { Tag } from '../../ui/tag';
import { plural, words } from '../../ui/words';
import { attemptsOf } from './attempts';
import { ageOn, type Field, type FieldGroup, groupFields, isPast } from './fields';
import classes from './fields-table.module.css';
import type { SessionResult } from './queries';
import { Zone } from './zone';

/** What was read from the documents, with its sources; the attempt that counted first. */
export function FieldsTable({ result }: { result: SessionResult }) {
  const documents = [...attemptsOf(result.idDocuments), ...attemptsOf(result.supplementaryDocuments)].filter(
    ({ resource }) => resource.extractedFields.length > 0 || resource.machineReadableZone,
  );
  const [chosen, setChosen] = useState(0);
  const document = (documents[chosen] ?? documents[0])?.resource;
  if (!document) return <Text className={classes.none}>No data was read from a document.</Text>;
  const groups = groupFields(document);
  return (
    <>
      {documents.length > 1 && (
        <SegmentedControl
          size="xs"
          m={10}
          aria-label="Document"
          value={String(chosen)}
          onChange={(value) => setChosen(Number(value))}
          data={documents.map(({ resource, suffix }, index) => ({
            value: String(index),
            label: words(resource.documentType ?? 'document') + suffix,
          }))}
        />
      )}
      <Disagreements fields={groups.flatMap(({ fields }) => fields)} />
      <Groups groups={groups} />
      {document.machineReadableZone && <Zone zone={document.machineReadableZone} />}
    </>
  );
}

const Groups = ({ groups }: { groups: FieldGroup[] }) => (
  <table className={classes.table}>
    {groups.map(({ title, fields }) => (
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
);

function Disagreements({ fields }: { fields: Field[] }) {
  const disputed = fields.filter(({ agreement }) => agreement === 'disagreed');
  if (disputed.length === 0) return null;
  return (
    <p className={classes.disputed}>
      <IconAlertTriangle size={16} aria-hidden />
      <span>
        {plural(disputed.length, 'field differs', 'fields differ')} between sources:{' '}
        {disputed.map(({ label }) => label.toLowerCase()).join(', ')}
      </span>
    </p>
  );
}

function Row({ field }: { field: Field }) {
  const { label, value, agreement, sources } = field;
  const apart = agreement === 'disagreed' || agreement === 'incomparable';
  return (
    <tr className={classes.row} data-agreement={agreement}>
      <th scope="row">{label}</th>
      <td className={classes.value}>
        {value} <Remark field={field} />
        {agreement === 'disagreed' && (
          <Tag tone="red" icon={IconAlertTriangle}>
            Sources differ
          </Tag>
        )}
        {apart ? (
          <ul className={classes.sources} aria-label={`Sources of ${label.toLowerCase()}`}>
            {sources.map((source) => (
              <li key={`${source.label} ${source.value}`} data-disagrees={source.disagrees || undefined}>
                {source.label} <b>{source.value}</b>
                {source.disagrees && <IconAlertTriangle size={12} aria-label="differs" />}
              </li>
            ))}
          </ul>
        ) : (
          <span className={classes.source}>{sources.map((source) => source.label).join(' · ')}</span>
        )}
      </td>
      <td className={classes.copy}>
        <Copy value={value} label={label.toLowerCase()} />
      </td>
    </tr>
  );
}

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
