import { describe, expect, it } from '@jest/globals';
import { linkMessage, type LinkMessageFacts } from './link-message.js';
import { linkLanguages, linkTextsFor } from './link-texts.js';

const facts: LinkMessageFacts = {
  tenantName: 'A Unit',
  purpose: { title: 'Who are you?', text: 'We have to know our customers.' },
  url: 'https://verify.unit.example/verify/EXAMPLE-LINK',
  expiresAt: new Date('2026-03-04T15:20:00Z'),
  locale: 'en-GB',
};

describe('linkMessage', () => {
  it('says who asks, why, where to go and until when', () => {
    const { subject, language, text, html } = linkMessage(facts);
    expect([subject, language]).toEqual(['A Unit: please confirm your identity', 'en']);
    for (const body of [text, html]) {
      expect(body).toContain('A Unit asks you to confirm your identity.');
      expect(body).toContain(facts.purpose.text);
      expect(body).toContain(facts.url);
      expect(body).toContain('4 March 2026 at 15:20 UTC');
    }
  });

  it.each([
    ['de-AT', 'de', 'A Unit: Bitte bestätigen Sie Ihre Identität', '4. März 2026'],
    ['fr-FR', 'fr', 'A Unit : veuillez confirmer votre identité', '4 mars 2026'],
    ['es-419', 'es', 'A Unit: confirme su identidad', '4 de marzo de 2026'],
    ['it', 'it', 'A Unit: conferma la tua identità', '4 marzo 2026'],
    ['nl-BE', 'nl', 'A Unit: bevestig uw identiteit', '4 maart 2026'],
    ['pl-PL', 'pl', 'A Unit: prosimy o potwierdzenie tożsamości', '4 marca 2026'],
    ['pt-PT', 'pt', 'A Unit: confirme a sua identidade', '4 de março de 2026'],
    ['xx', 'en', 'A Unit: please confirm your identity', 'March 4, 2026'],
    [null, 'en', 'A Unit: please confirm your identity', 'March 4, 2026'],
  ])('in the locale %s speaks %s', (locale, language, subject, day) => {
    const message = linkMessage({ ...facts, locale });
    expect(message).toMatchObject({ language, subject });
    expect(message.text).toContain(day);
    expect(message.html).toContain(`<html lang="${language}">`);
  });

  it('keeps names and purposes from ending a header or becoming markup', () => {
    const message = linkMessage({
      ...facts,
      tenantName: 'A\r\nBcc: other@mail.example\u2028<b>Unit</b>',
      purpose: { text: '<script>alert(1)</script>' },
    });
    expect(message.subject).toBe('A Bcc: other@mail.example <b>Unit</b>: please confirm your identity');
    expect(message.html).not.toMatch(/<b>|<script>/);
    expect(message.html).toContain('&lt;script&gt;');
  });

  it('fetches nothing', () => {
    expect(linkMessage(facts).html).not.toMatch(/<img|<link|src=|url\(/);
  });
});

describe('linkTextsFor', () => {
  it('has every text in every language, with the tenant and the time where they belong', () => {
    for (const { language, ...texts } of linkLanguages) {
      expect(linkTextsFor(`${language}-XX`).language).toBe(language);
      for (const text of Object.values(texts)) expect(text.length).toBeGreaterThan(5);
      for (const text of [texts.subject, texts.request, texts.unexpected]) expect(text).toContain('{tenant}');
      expect(texts.until).toContain('{time}');
    }
  });
});
