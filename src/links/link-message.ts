import type { Message } from '../mail/smtp-client.js';
import type { PolicyDocument } from '../policies/policy.document.js';
import { html, type Html } from '../verify/html.js';
import { fill } from '../verify/texts.js';
import { linkTextsFor } from './link-texts.js';

/** What an e-mail with a link tells; nothing about the person. */
export interface LinkMessageFacts {
  tenantName: string;
  purpose: PolicyDocument['purpose'];
  url: string;
  expiresAt: Date;
  /** BCP 47 tag; English when it is null or not among our languages. */
  locale: string | null;
}

/** The words of the e-mail, as plain text and as HTML that fetches nothing. */
export function linkMessage(
  facts: LinkMessageFacts,
): Pick<Message, 'subject' | 'language' | 'text' | 'html'> {
  const texts = linkTextsFor(facts.locale);
  const time = formatTime(facts.expiresAt, facts.locale, texts.language);
  const say = (text: string) => fill(text, { tenant: oneLine(facts.tenantName), time });
  const purpose = facts.purpose.text.trim();
  const [request, until, unexpected] = [say(texts.request), say(texts.until), say(texts.unexpected)];
  const after = `${texts.private} ${unexpected}`;
  return {
    subject: say(texts.subject),
    language: texts.language,
    text: [request, purpose, `${texts.invitation}\n${facts.url}`, until, after].join('\n\n') + '\n',
    html: page(
      texts.language,
      html`<p>${request}</p>
        <p style="white-space: pre-line">${purpose}</p>
        <p>${texts.invitation}</p>
        <p><a href="${facts.url}" style="${BUTTON}">${texts.button}</a></p>
        <p style="word-break: break-all"><a href="${facts.url}">${facts.url}</a></p>
        <p>${until}</p>
        <p style="color: #555">${after}</p>`,
    ),
  };
}

const BUTTON =
  'display: inline-block; padding: 12px 20px; border-radius: 6px; background: #1f2937; color: #ffffff; text-decoration: none';

const page = (language: string, body: Html): string =>
  html`<html lang="${language}">
    <body style="margin: 24px; font: 16px/1.5 sans-serif; color: #111111; background: #ffffff">
      ${body}
    </body>
  </html>`.markup;

/** A time in the customs of the locale; in UTC and saying so, because nobody knows where the person is. */
function formatTime(at: Date, locale: string | null, language: string): string {
  const customs = locale?.startsWith(language) ? locale : language;
  const format = { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' } as const;
  return `${new Intl.DateTimeFormat(customs, format).format(at)} UTC`;
}

/** Names end up in the subject: no line breaks, no invisible characters. */
const oneLine = (text: string): string => text.replace(/[\p{C}\p{Z}]+/gu, ' ').trim();
