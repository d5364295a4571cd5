import { CheckTree } from './check-tree';
import classes from './check-tree.module.css';
import { Devices } from './devices';
import { IdentityProfiles } from './identity-profile';
import { Leftovers } from './leftovers';
import type { SessionResult } from './queries';

/** What Yoti concluded: identity profiles, checks, and whatever else it told; the devices on demand. */
export function Verdicts({ sessionId, result }: { sessionId: string; result: SessionResult }) {
  const { importToken, other } = result;
  return (
    <>
      <IdentityProfiles result={result} />
      <CheckTree sessionId={sessionId} result={result} />
      {importToken?.failureReason && (
        <div className={classes.rest}>
          <Leftovers other={{ import_token_failed: importToken.failureReason }} />
        </div>
      )}
      {Object.keys(other).length > 0 && (
        <div className={classes.rest}>
          <Leftovers other={other} />
        </div>
      )}
      <Devices sessionId={sessionId} />
    </>
  );
}
