import {
  type Icon,
  IconBan,
  IconCheck,
  IconCircleDashed,
  IconClockOff,
  IconEraser,
  IconEye,
  IconHourglassLow,
  IconLoader2,
  IconPlayerPlay,
  IconUpload,
  IconX,
} from '@tabler/icons-react';
import type { Schemas } from '../api/client';
import { Tag, type Tone } from './tag';
import { words } from './words';

type Look = { tone: Tone; icon: Icon; text: string };

export type SessionFacts = Pick<Schemas['SessionItem'], 'status' | 'outcome' | 'progress'>;

export const statusLooks: Record<SessionFacts['status'], Look> = {
  creating: { tone: 'gray', icon: IconLoader2, text: 'Creating' },
  ongoing: { tone: 'blue', icon: IconPlayerPlay, text: 'Ongoing' },
  completed: { tone: 'gray', icon: IconCheck, text: 'Completed' },
  expired: { tone: 'gray', icon: IconClockOff, text: 'Expired' },
  cancelled: { tone: 'gray', icon: IconBan, text: 'Cancelled' },
  failed: { tone: 'red', icon: IconX, text: 'Failed' },
  erased: { tone: 'gray', icon: IconEraser, text: 'Erased' },
};

export const outcomeLooks: Record<NonNullable<SessionFacts['outcome']>, Look> = {
  approved: { tone: 'green', icon: IconCheck, text: 'Approved' },
  rejected: { tone: 'red', icon: IconX, text: 'Rejected' },
  in_review: { tone: 'amber', icon: IconEye, text: 'In review' },
};

const progressLooks: Record<SessionFacts['progress'], Look> = {
  not_started: { tone: 'gray', icon: IconCircleDashed, text: 'Not started' },
  capturing: { tone: 'blue', icon: IconHourglassLow, text: 'Capturing' },
  submitted: { tone: 'blue', icon: IconUpload, text: 'Submitted' },
};

const LookTag = ({ tone, icon, text }: Look) => (
  <Tag tone={tone} icon={icon}>
    {text}
  </Tag>
);

export const StatusTag = ({ status }: { status: SessionFacts['status'] }) => (
  <LookTag {...statusLooks[status]} />
);

export const OutcomeTag = ({ outcome }: { outcome: SessionFacts['outcome'] }) =>
  outcome ? <LookTag {...outcomeLooks[outcome]} /> : null;

/** What matters most about a session, in one tag: its outcome, else how far the person is, else its status. */
export function SessionTag({ session: { status, outcome, progress } }: { session: SessionFacts }) {
  if (outcome) return <LookTag {...outcomeLooks[outcome]} />;
  return <LookTag {...(status === 'ongoing' ? progressLooks[progress] : statusLooks[status])} />;
}

const recommendationLooks: Record<string, Look> = {
  APPROVE: { tone: 'green', icon: IconCheck, text: 'Approve' },
  REJECT: { tone: 'red', icon: IconX, text: 'Reject' },
  CONSIDER: { tone: 'amber', icon: IconEye, text: 'Consider' },
  NOT_AVAILABLE: { tone: 'amber', icon: IconCircleDashed, text: 'Not available' },
};

/** What Yoti recommends; values unknown here are shown as they are. */
export function RecommendationTag({ value }: { value: string }) {
  return (
    <LookTag
      {...(recommendationLooks[value] ?? { tone: 'gray', icon: IconCircleDashed, text: words(value) })}
    />
  );
}
