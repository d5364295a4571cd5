import catalog from 'virtual:catalog';
import { IconCheck, IconChevronRight, IconQuestionMark, IconX } from '@tabler/icons-react';
import { Facts } from '../../ui/facts';
import { Tag, type Tone } from '../../ui/tag';
import { words } from '../../ui/words';
import classes from './check-tree.module.css';
import { Leftovers } from './leftovers';
import type { IdentityProfile, SessionResult } from './queries';

/** The results of identity profiles, simple and advanced, with their reasons in words. */
export function IdentityProfiles({ result }: { result: SessionResult }) {
  return (
    <>
      {result.identityProfile && <Profile title="Identity profile" profile={result.identityProfile} />}
      {result.advancedIdentityProfile && (
        <Profile title="Advanced identity profile" profile={result.advancedIdentityProfile} />
      )}
    </>
  );
}

type Scheme = NonNullable<IdentityProfile['report']>['compliance'][number]['schemesCompliance'][number];

function Profile({ title, profile }: { title: string; profile: IdentityProfile }) {
  const { result, failureReason, report, subjectId, other } = profile;
  const [tone, verdict] = verdictOf(profile);
  return (
    <details className={classes.check} open>
      <summary className={classes.head}>
        <IconChevronRight className={classes.chevron} size={15} aria-hidden />
        <span className={classes.title}>{title}</span>
        <Tag tone={tone}>{verdict}</Tag>
      </summary>
      <div className={classes.body}>
        {failureReason && <Failure reason={failureReason} />}
        {report?.compliance.map(({ trustFramework, schemesCompliance }, index) => (
          <ul key={index} className={classes.lines} aria-label={words(trustFramework ?? 'Schemes')}>
            {schemesCompliance.map((scheme, line) => (
              <SchemeLine key={line} scheme={scheme} framework={trustFramework} />
            ))}
          </ul>
        ))}
        <Facts
          items={[['Result', words(result)], ['Subject', subjectId], ...assuranceOf(report?.content ?? null)]}
        />
        <Leftovers other={{ ...other, ...report?.other }} />
      </div>
    </details>
  );
}

function verdictOf({ result, report }: IdentityProfile): [Tone, string] {
  if (result !== 'DONE') return [result === 'ABORTED' ? 'red' : 'amber', words(result)];
  const schemes = report?.compliance.flatMap(({ schemesCompliance }) => schemesCompliance) ?? [];
  const met = schemes.length > 0 && schemes.every(({ requirementsMet }) => requirementsMet === true);
  return met ? ['green', 'Requirements met'] : ['red', 'Requirements not met'];
}

function Failure({ reason }: { reason: NonNullable<IdentityProfile['failureReason']> }) {
  const { reasonCode, requirementsNotMetDetails, other } = reason;
  return (
    <>
      {reasonCode && (
        <p className={classes.reason}>{catalog.profiles.reasons[reasonCode] ?? words(reasonCode)}</p>
      )}
      <ul className={classes.lines} aria-label="What is not met">
        {requirementsNotMetDetails.map((unmet, index) => (
          <li key={index} className={classes.line} data-result="FAIL">
            <IconX className={classes.mark} size={15} stroke={2.4} aria-label="Not met" />
            <div>
              <span>
                {unmet.failureType
                  ? (catalog.profiles.failures[unmet.failureType] ?? words(unmet.failureType))
                  : 'Requirement'}
              </span>
              <div className={classes.hint}>
                {[
                  unmet.documentType && words(unmet.documentType),
                  unmet.documentCountryIsoCode,
                  unmet.details,
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </div>
              {unmet.auditId && <div className={classes.hint}>Yoti’s reference {unmet.auditId}</div>}
              <Leftovers other={unmet.other} />
            </div>
          </li>
        ))}
      </ul>
      <Leftovers other={other} />
    </>
  );
}

function SchemeLine({
  scheme: { scheme, requirementsMet, requirementsNotMetInfo, other },
  framework,
}: {
  scheme: Scheme;
  framework: string | null;
}) {
  const Mark = requirementsMet === null ? IconQuestionMark : requirementsMet ? IconCheck : IconX;
  const said = requirementsMet === null ? 'Not told' : requirementsMet ? 'Met' : 'Not met';
  const name = [scheme?.type, scheme?.objective && words(scheme.objective).toLowerCase(), scheme?.label];
  return (
    <li className={classes.line} data-result={requirementsMet ? 'PASS' : 'FAIL'}>
      <Mark className={classes.mark} size={15} stroke={2.4} aria-label={said} />
      <div>
        <span>{name.filter(Boolean).join(' · ') || 'Scheme'}</span>
        <div className={classes.hint}>{framework}</div>
        {requirementsNotMetInfo && <div className={classes.hint}>{requirementsNotMetInfo}</div>}
        <Leftovers other={{ ...other, ...scheme?.other }} />
      </div>
    </li>
  );
}

/** How sure the report is, from its content, which is Yoti's own. */
function assuranceOf(content: Record<string, unknown> | null): [string, string | null][] {
  const process = inner(inner(content, 'verification_report'), 'assurance_process');
  return [
    ['Level of assurance', told(process, 'level_of_assurance')],
    ['Assurance policy', told(process, 'policy')],
    ['Procedure', told(process, 'procedure')],
  ];
}

const inner = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;

const told = (value: unknown, name: string): string | null => {
  const text = inner(value, name);
  return typeof text === 'string' ? text : null;
};
