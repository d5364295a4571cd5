/** Everything the e-mail with a person's link says in one language. `{tenant}` stands for the tenant's name, `{time}` for a time. */
export interface LinkTexts {
  /** BCP 47 tag of this language. */
  language: string;
  subject: string;
  request: string;
  invitation: string;
  button: string;
  until: string;
  private: string;
  unexpected: string;
}

const english: LinkTexts = {
  language: 'en',
  subject: '{tenant}: please confirm your identity',
  request: '{tenant} asks you to confirm your identity.',
  invitation: 'Open this link to begin, preferably on your phone:',
  button: 'Confirm your identity',
  until: 'It works until {time}.',
  private: 'The link is for you alone. Please don’t pass it on.',
  unexpected: 'If you didn’t expect this e-mail, you can ignore it, or ask {tenant}.',
};

const german: LinkTexts = {
  language: 'de',
  subject: '{tenant}: Bitte bestätigen Sie Ihre Identität',
  request: '{tenant} bittet Sie, Ihre Identität zu bestätigen.',
  invitation: 'Öffnen Sie dazu diesen Link, am besten auf Ihrem Telefon:',
  button: 'Identität bestätigen',
  until: 'Er funktioniert bis {time}.',
  private: 'Der Link ist nur für Sie bestimmt. Bitte geben Sie ihn nicht weiter.',
  unexpected:
    'Wenn Sie diese E-Mail nicht erwartet haben, können Sie sie ignorieren oder bei {tenant} nachfragen.',
};

const french: LinkTexts = {
  language: 'fr',
  subject: '{tenant} : veuillez confirmer votre identité',
  request: '{tenant} vous demande de confirmer votre identité.',
  invitation: 'Pour commencer, ouvrez ce lien, de préférence sur votre téléphone :',
  button: 'Confirmer mon identité',
  until: 'Il fonctionne jusqu’au {time}.',
  private: 'Ce lien vous est réservé. Merci de ne pas le transmettre.',
  unexpected: 'Si vous n’attendiez pas cet e-mail, vous pouvez l’ignorer ou vous adresser à {tenant}.',
};

const spanish: LinkTexts = {
  language: 'es',
  subject: '{tenant}: confirme su identidad',
  request: '{tenant} le pide que confirme su identidad.',
  invitation: 'Para empezar, abra este enlace, preferiblemente en su teléfono:',
  button: 'Confirmar mi identidad',
  until: 'Funciona hasta el {time}.',
  private: 'El enlace es solo para usted. Por favor, no lo comparta.',
  unexpected: 'Si no esperaba este correo, puede ignorarlo o preguntar a {tenant}.',
};

const italian: LinkTexts = {
  language: 'it',
  subject: '{tenant}: conferma la tua identità',
  request: '{tenant} ti chiede di confermare la tua identità.',
  invitation: 'Per iniziare apri questo link, preferibilmente sul telefono:',
  button: 'Conferma la tua identità',
  until: 'Funziona fino al {time}.',
  private: 'Il link è riservato a te. Non condividerlo.',
  unexpected: 'Se non aspettavi questa e-mail, puoi ignorarla o chiedere a {tenant}.',
};

const dutch: LinkTexts = {
  language: 'nl',
  subject: '{tenant}: bevestig uw identiteit',
  request: '{tenant} vraagt u om uw identiteit te bevestigen.',
  invitation: 'Open deze link om te beginnen, het liefst op uw telefoon:',
  button: 'Identiteit bevestigen',
  until: 'De link werkt tot {time}.',
  private: 'De link is alleen voor u. Geef hem niet door.',
  unexpected: 'Verwachtte u deze e-mail niet? Negeer hem dan, of vraag het aan {tenant}.',
};

const polish: LinkTexts = {
  language: 'pl',
  subject: '{tenant}: prosimy o potwierdzenie tożsamości',
  request: '{tenant} prosi o potwierdzenie tożsamości.',
  invitation: 'Aby zacząć, należy otworzyć ten link, najlepiej na telefonie:',
  button: 'Potwierdź tożsamość',
  until: 'Link działa do: {time}.',
  private: 'Link jest przeznaczony wyłącznie dla adresata tej wiadomości. Prosimy nie przekazywać go dalej.',
  unexpected: 'Nieoczekiwaną wiadomość można zignorować lub zapytać o nią: {tenant}.',
};

const portuguese: LinkTexts = {
  language: 'pt',
  subject: '{tenant}: confirme a sua identidade',
  request: '{tenant} pede-lhe que confirme a sua identidade.',
  invitation: 'Para começar, abra esta ligação, de preferência no telemóvel:',
  button: 'Confirmar a minha identidade',
  until: 'Funciona até {time}.',
  private: 'A ligação é só para si. Por favor, não a partilhe.',
  unexpected: 'Se não esperava este e-mail, pode ignorá-lo ou perguntar a {tenant}.',
};

/** A language is added by adding its texts here. */
export const linkLanguages: readonly LinkTexts[] = [
  english,
  german,
  french,
  spanish,
  italian,
  dutch,
  polish,
  portuguese,
];

/** The texts in the language of a locale such as `de-AT`, else in English. */
export function linkTextsFor(locale: string | null): LinkTexts {
  const [language] = (locale ?? '').split('-');
  return linkLanguages.find((texts) => texts.language === language) ?? english;
}
