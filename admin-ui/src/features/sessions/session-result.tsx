import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Panel } from '../../ui/page';
import { Loaded } from '../../ui/states';
import { Evidence } from '../evidence/evidence';
import { FieldsTable } from '../evidence/fields-table';
import { resultQuery } from '../evidence/queries';
import { Verdicts } from '../evidence/verdicts';
import classes from './session-page.module.css';

/** Pictures, checks and data, once somebody has asked for them. */
export function SessionResultPanel({ sessionId, mayLook }: { sessionId: string; mayLook: boolean }) {
  const query = useQuery(resultQuery(sessionId));
  return (
    <Loaded query={query} loading={<Skeleton h={420} />}>
      {(result) => (
        <>
          {mayLook && (
            <div className={classes.evidence}>
              <Evidence sessionId={sessionId} result={result} />
            </div>
          )}
          <div className={classes.findings}>
            <Panel title="Checks" flush>
              <Verdicts sessionId={sessionId} result={result} />
            </Panel>
            <Panel title="Data on the document" flush>
              <FieldsTable result={result} />
            </Panel>
          </div>
        </>
      )}
    </Loaded>
  );
}
