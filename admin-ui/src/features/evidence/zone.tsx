import { IconCheck, IconX } from '@tabler/icons-react';
import { Copy } from '../../ui/copy';
import { Tag } from '../../ui/tag';
import { words } from '../../ui/words';
import type { MachineReadableZone } from './queries';
import classes from './zone.module.css';

/** The machine-readable zone as read, with each check digit verified by Countersign. */
export function Zone({ zone: { format, lines, valid, checkDigits } }: { zone: MachineReadableZone }) {
  const text = lines.join('\n');
  return (
    <section className={classes.zone} aria-label="Machine-readable zone">
      <div className={classes.head}>
        <h3 className={classes.title}>
          Machine-readable zone{format && ` (${format.replaceAll('_', ' ')})`}
        </h3>
        <Verdict valid={valid} />
        <Copy value={text} label="the zone" />
      </div>
      <pre className={classes.lines} tabIndex={0} aria-label="Lines">
        {text}
      </pre>
      {checkDigits.length > 0 && (
        <ul className={classes.digits} aria-label="Check digits">
          {checkDigits.map(({ name, digit, valid: right }) => (
            <li key={name} data-valid={right}>
              {right ? (
                <IconCheck size={14} stroke={2.4} aria-label="Right" />
              ) : (
                <IconX size={14} stroke={2.4} aria-label="Wrong" />
              )}
              {words(name)} <code>{digit}</code>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Verdict({ valid }: { valid: boolean | null }) {
  if (valid === null) return <Tag tone="amber">Lines of no known format</Tag>;
  return valid ? (
    <Tag tone="green" icon={IconCheck}>
      Check digits right
    </Tag>
  ) : (
    <Tag tone="red" icon={IconX}>
      Check digits wrong
    </Tag>
  );
}
