import { Skeleton, Text } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconArrowLeft, IconEyeOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useMe } from '../../api/me';
import { useShortcuts } from '../../ui/keyboard';
import { TextLink } from '../../ui/links';
import { Panel } from '../../ui/page';
import { Loading, Nothing, ProblemNote } from '../../ui/states';
import { OutcomeTag } from '../../ui/status';
import { Tag } from '../../ui/tag';
import { Age } from '../../ui/time';
import { Evidence } from '../evidence/evidence';
import { FieldsTable } from '../evidence/fields-table';
import { resultQuery } from '../evidence/queries';
import { Verdicts } from '../evidence/verdicts';
import { DecisionExplained } from '../sessions/decision';
import { sessionQuery } from '../sessions/queries';
import { Timeline } from '../sessions/timeline';
import classes from './case-page.module.css';
import { DecisionPanel } from './decision-panel';
import { type Review, reviewQuery, useClaimNext, useReviewActions } from './queries';
import { factWords } from './reasons';

/** One case: the evidence, what Yoti says about it, and the decision. */
export function CasePage() {
  const { reviewId } = useParams({ from: '/shell/reviews/$reviewId' });
  const query = useQuery(reviewQuery(reviewId));
  useDocumentTitle('Case · Countersign');
  if (query.data) return <Case key={reviewId} review={query.data} />;
  return (
    <div className={classes.waiting}>
      {query.error ? (
        <ProblemNote error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <>
          <Skeleton h={28} w={320} mb="lg" />
          <Skeleton h="60vh" />
        </>
      )}
    </div>
  );
}

function Case({ review }: { review: Review }) {
  const { me, can } = useMe();
  const navigate = useNavigate();
  const claimNext = useClaimNext();
  const actions = useReviewActions(review.id);

  function next() {
    claimNext.mutate(undefined, {
      onSuccess(found) {
        if (found) {
          void navigate({ to: '/reviews/$reviewId', params: { reviewId: found.id }, replace: true });
        } else {
          notifications.show({ message: 'That was the last case. Nothing waits.' });
          void navigate({ to: '/reviews' });
        }
      },
      onError: (error) =>
        notifications.show({ color: 'red', title: 'No case was taken', message: error.message }),
    });
  }

  useShortcuts('Case', [
    { keys: 'u', label: 'Back to the queue', run: () => void navigate({ to: '/reviews' }) },
  ]);

  return (
    <div className={classes.page}>
      <CaseHeader review={review} />
      <div className={classes.work}>
        {can('results:read') ? (
          <Findings sessionId={review.sessionId} mayLook={can('media:read')} />
        ) : (
          <NoResults />
        )}
      </div>
      <aside className={classes.side} aria-label="Decision and background">
        <section className={classes.decision} aria-label="Decision">
          <DecisionPanel
            review={review}
            myId={me.id}
            mayDecide={can('reviews:write')}
            actions={actions}
            onNext={next}
            nextPending={claimNext.isPending}
          />
        </section>
        <Background review={review} />
      </aside>
    </div>
  );
}

function CaseHeader({ review }: { review: Review }) {
  const { reference, policy, status, reasonCodes, createdAt, decision } = review;
  return (
    <header className={classes.header}>
      <Link to="/reviews" className={classes.back} aria-label="Back to the queue">
        <IconArrowLeft size={18} aria-hidden />
      </Link>
      <h1 className={classes.title}>{reference ?? `Case …${review.id.slice(-6)}`}</h1>
      <Text size="sm" c="dimmed" component="span">
        {policy.name} v{policy.version}
        {status === 'open' && (
          <>
            {' '}
            · waiting <Age since={createdAt} />
          </>
        )}
      </Text>
      <span className={classes.reasons}>
        {decision && <OutcomeTag outcome={decision} />}
        {reasonCodes.map((code) => (
          <Tag key={code} tone="amber">
            {factWords(code)}
          </Tag>
        ))}
      </span>
    </header>
  );
}

const NoResults = () => (
  <Nothing icon={IconEyeOff} title="The evidence is not yours to see">
    Your role sees which cases there are, not the pictures and data of people.
  </Nothing>
);

function Findings({ sessionId, mayLook }: { sessionId: string; mayLook: boolean }) {
  const query = useQuery(resultQuery(sessionId));
  if (query.error) return <ProblemNote error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <>
      <div className={classes.evidence}>
        {!query.data && <Skeleton h="100%" radius="md" role="status" aria-label="Loading the evidence" />}
        {query.data && mayLook && <Evidence sessionId={sessionId} result={query.data} />}
        {query.data && !mayLook && <NoResults />}
      </div>
      <div className={classes.findings}>
        <Panel title="Checks" flush>
          {query.data ? <Verdicts sessionId={sessionId} result={query.data} /> : <Padded />}
        </Panel>
        <Panel title="Data on the document" flush>
          {query.data ? <FieldsTable result={query.data} /> : <Padded />}
        </Panel>
      </div>
    </>
  );
}

const Padded = () => (
  <div style={{ padding: 16 }}>
    <Loading />
  </div>
);

function Background({ review }: { review: Review }) {
  const session = useQuery(sessionQuery(review.sessionId));
  const decision = session.data?.decision;
  return (
    <>
      {decision?.by === 'rule' && (
        <Panel title="Why a person has to look">
          <DecisionExplained decision={decision} />
        </Panel>
      )}
      <Panel
        title="Timeline"
        actions={
          <TextLink to="/sessions/$sessionId" params={{ sessionId: review.sessionId }} fz="xs" pr={8}>
            Open the session
          </TextLink>
        }
      >
        <Timeline sessionId={review.sessionId} live={false} />
      </Panel>
    </>
  );
}
