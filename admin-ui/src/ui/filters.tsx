import { Button, Text, TextInput } from '@mantine/core';
import { IconFilterOff } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';

interface TextFilterProps {
  id?: string;
  label: string;
  placeholder: string;
  width: number;
  maxLength: number;
  icon?: ReactNode;
  value: string | undefined;
  onChange: (value: string) => void;
}

/** A filter that has to fit exactly: it applies on Enter or when it is left, not with every letter. */
export function TextFilter(props: TextFilterProps) {
  return <EditedFilter key={props.value ?? ''} {...props} />;
}

function EditedFilter({
  id,
  label,
  placeholder,
  width,
  maxLength,
  icon,
  value = '',
  onChange,
}: TextFilterProps) {
  const [text, setText] = useState(value);
  const apply = () => text.trim() !== value && onChange(text.trim());
  return (
    <TextInput
      id={id}
      w={width}
      aria-label={label}
      placeholder={placeholder}
      leftSection={icon}
      value={text}
      maxLength={maxLength}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={apply}
      onKeyDown={(event) => event.key === 'Enter' && apply()}
    />
  );
}

interface DayFilterProps {
  label: string;
  /** Shown inside, such as “From”. */
  short: string;
  value: string | undefined;
  min?: string;
  max?: string;
  onChange: (value: string) => void;
}

/** A whole day, `yyyy-mm-dd`. */
export const DayFilter = ({ label, short, value, min, max, onChange }: DayFilterProps) => (
  <TextInput
    type="date"
    w={176}
    aria-label={label}
    leftSection={
      <Text size="xs" c="dimmed" aria-hidden>
        {short}
      </Text>
    }
    leftSectionWidth={46}
    value={value ?? ''}
    min={min}
    max={max}
    onChange={(event) => onChange(event.currentTarget.value)}
  />
);

export const ClearFilters = ({ onClear }: { onClear: () => void }) => (
  <Button variant="subtle" color="gray" leftSection={<IconFilterOff size={15} />} onClick={onClear}>
    Clear
  </Button>
);

/** The filters with some changed; the empty ones are left out, so that they leave the address. */
export const mergeFilter = <Filter extends object>(filter: Filter, part: Filter): Filter =>
  Object.fromEntries(Object.entries({ ...filter, ...part }).filter(([, value]) => value)) as Filter;

/** Whole days in the person's own time zone as a half-open range of times. */
export function dayRange(from: string | undefined, to: string | undefined): { start?: string; end?: string } {
  const end = to ? new Date(`${to}T00:00:00`) : null;
  end?.setDate(end.getDate() + 1);
  return {
    ...(from && { start: new Date(`${from}T00:00:00`).toISOString() }),
    ...(end && { end: end.toISOString() }),
  };
}
