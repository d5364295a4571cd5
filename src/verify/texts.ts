import type { ClientErrorKind, Retry } from '../sessions/client-errors.js';

/** Title and sentence. */
export type Message = readonly [title: string, sentence: string];

/** Everything the hosted page says in one language. `{tenant}` stands for the tenant's name, `{time}` for a time of day. */
export interface Texts {
  /** BCP 47 tag of this language, for the page's `lang`. */
  language: string;
  direction: 'ltr' | 'rtl';
  /** What the language calls itself. */
  name: string;
  /** Label of the choice between languages. */
  languages: string;
  intro: {
    title: string;
    requestedBy: string;
    needsTitle: string;
    needs: { document: Message; camera: Message; time: Message };
    start: string;
    resume: string;
    privacy: string;
    finishBy: string;
    needsScript: string;
  };
  handOff: {
    title: string;
    sentence: string;
    instead: string;
    codeLabel: string;
    waiting: Message;
    /** How far the other device is. */
    steps: Record<HandOffStep, string>;
    problem: string;
    startHere: string;
  };
  frame: { label: string; connecting: string };
  done: { title: string; sentence: string; close: string; leaving: string; leave: string };
  /** Leaves the page where another page embeds it. */
  closeFrame: string;
  error: {
    retry: string;
    leave: string;
    copyLink: string;
    copied: string;
    codeLabel: string;
    /** Whether trying again helps. */
    helps: Record<Retry, string>;
  };
  errors: Record<ClientErrorKind, Message>;
  notices: Record<NoticeKind, Message>;
}

/** The steps of a hand-off to the phone, in order. */
export const handOffSteps = ['opened', 'capturing', 'finished'] as const;
export type HandOffStep = (typeof handOffSteps)[number];

/** Why a link shows no check. */
export type NoticeKind = 'unknown' | 'creating' | 'expired' | 'revoked' | 'cancelled' | 'failed' | 'erased';

/** Puts values into the `{placeholders}` of a text. Unknown placeholders stay. */
export const fill = (text: string, values: Record<string, string>): string =>
  text.replace(/\{(\w+)\}/g, (placeholder, name: string) => values[name] ?? placeholder);
