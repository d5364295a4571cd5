import type { Texts } from '../texts.js';

export const german: Texts = {
  language: 'de',
  direction: 'ltr',
  name: 'Deutsch',
  languages: 'Sprache',
  intro: {
    title: 'Bestätigen Sie Ihre Identität',
    requestedBy: 'Angefordert von {tenant}',
    needsTitle: 'Was Sie brauchen',
    needs: {
      document: ['Ihren Ausweis', 'Reisepass, Personalausweis oder Führerschein. Das Original, keine Kopie.'],
      camera: ['Eine Kamera', 'Damit fotografieren Sie Ihren Ausweis und, falls verlangt, Ihr Gesicht.'],
      time: ['Etwa 3 Minuten', 'An einem Ort mit gutem Licht.'],
    },
    start: 'Beginnen',
    resume: 'Fortfahren',
    privacy:
      'Ihre Bilder gehen verschlüsselt an Yoti, das sie für {tenant} prüft. {tenant} erhält die Bilder und das ' +
      'Ergebnis. Bevor Sie auf die Schaltfläche drücken, wird nichts gesendet.',
    finishBy: 'Bitte schließen Sie bis {time} ab.',
    needsScript:
      'Diese Seite braucht JavaScript. Bitte erlauben Sie es im Browser, oder öffnen Sie den Link in einem anderen.',
  },
  handOff: {
    title: 'Auf dem Telefon weitermachen',
    sentence:
      'Dessen Kamera ist meist besser. Scannen Sie damit diesen Code und lassen Sie diese Seite offen.',
    instead: 'Scannen Sie diesen Code, um mit dem Telefon weiterzumachen.',
    codeLabel: 'QR-Code mit der Adresse dieser Seite',
    waiting: [
      'Machen Sie auf dem anderen Gerät weiter',
      'Lassen Sie diese Seite offen. Sie geht von selbst weiter, wenn Sie dort fertig sind.',
    ],
    steps: {
      opened: 'Die Seite ist auf dem anderen Gerät offen',
      capturing: 'Die Prüfung läuft dort',
      finished: 'Alles ist gesendet',
    },
    problem: 'Etwas ist dazwischengekommen. Das andere Gerät sagt, was Sie tun können.',
    startHere: 'Stattdessen auf diesem Gerät fortfahren',
  },
  frame: { label: 'Identitätsprüfung', connecting: 'Sichere Verbindung wird aufgebaut…' },
  done: {
    title: 'Sie sind fertig',
    sentence: 'Vielen Dank. Alles ist gesendet, und {tenant} sagt Ihnen, wie es weitergeht.',
    close: 'Sie können diese Seite schließen.',
    leaving: 'Sie werden zu {tenant} zurückgeleitet…',
    leave: 'Zurück zu {tenant}',
  },
  closeFrame: 'Schließen',
  error: {
    retry: 'Noch einmal versuchen',
    leave: 'Zurück zu {tenant}',
    copyLink: 'Link zu dieser Seite kopieren',
    copied: 'Kopiert',
    codeLabel: 'Code {code}',
    helps: {
      same_session: 'Sie können es gleich noch einmal versuchen.',
      new_session: 'Mit einem neuen Link können Sie es noch einmal versuchen.',
      no: 'Es auf dieselbe Weise noch einmal zu versuchen hilft nicht.',
    },
  },
  errors: {
    cancelled: ['Sie haben vorher aufgehört', 'Sie können weitermachen, wann immer Sie bereit sind.'],
    link_over: [
      'Dieser Link gilt nicht mehr',
      'Seine Zeit ist abgelaufen, oder er wurde schon benutzt. Bitten Sie {tenant} um einen neuen.',
    ],
    unavailable: [
      'Die Prüfung ist nicht erreichbar',
      'Das liegt an uns. Bitte versuchen Sie es in einer Minute noch einmal.',
    ],
    no_network: [
      'Keine Verbindung',
      'Prüfen Sie, ob Sie mit dem Internet verbunden sind, und versuchen Sie es dann noch einmal.',
    ],
    camera_refused: [
      'Die Kamera ist gesperrt',
      'Erlauben Sie dieser Seite die Kamera: über das Symbol neben der Adresse oben im Browser. Versuchen Sie es ' +
        'dann noch einmal.',
    ],
    document_mismatch: [
      'Der Ausweis passte nicht',
      'Es ist nicht der, den Sie gewählt hatten, oder er ist nicht mehr gültig. Bitten Sie {tenant} um einen neuen ' +
        'Link und halten Sie einen gültigen Ausweis bereit.',
    ],
    no_camera: [
      'Keine Kamera gefunden',
      'Dieses Gerät hat keine Kamera, die sich hier nutzen lässt. Öffnen Sie diese Seite auf dem Telefon.',
    ],
    unsupported_browser: [
      'Mit diesem Browser geht es nicht',
      'Öffnen Sie diese Seite in einem aktuellen Chrome, Safari oder Edge, oder auf dem Telefon.',
    ],
    no_liveness_tries_left: [
      'Ihr Gesicht ließ sich nicht bestätigen',
      'Sehen Sie bei gleichmäßigem Licht gerade in die Kamera, ohne Hut und Sonnenbrille, und versuchen Sie es noch ' +
        'einmal. Wenn es nicht klappt, sagen Sie {tenant} Bescheid.',
    ],
    app_outdated: [
      'Diese App ist zu alt',
      'Aktualisieren Sie die App, oder öffnen Sie diese Seite im Browser.',
    ],
    technical: [
      'Etwas ist schiefgegangen',
      'Das liegt an uns, nicht an Ihnen. Bitte sagen Sie {tenant} Bescheid.',
    ],
    scan_failed: ['Der Ausweis ließ sich nicht lesen', 'Öffnen Sie diese Seite auf einem anderen Gerät.'],
    liveness_failed: [
      'Die Kameraprüfung hat nicht funktioniert',
      'Ein technisches Problem kam dazwischen. Öffnen Sie diese Seite auf einem anderen Gerät.',
    ],
    use_safari: [
      'Bitte nehmen Sie Safari',
      'Auf einem iPhone oder iPad geht das nur in Safari. Kopieren Sie den Link und öffnen Sie ihn dort.',
    ],
    unsupported_setup: [
      'Diese Prüfung geht hier nicht',
      'Sie ist so eingerichtet, dass sie auf einer Webseite nicht geht. Bitte sagen Sie {tenant} Bescheid.',
    ],
    no_storage: [
      'Zu wenig Speicherplatz',
      'Auf diesem Gerät ist kein Platz für die Bilder. Schaffen Sie welchen, oder nehmen Sie ein anderes Gerät.',
    ],
    camera_failed: [
      'Die Kamera ist nicht gestartet',
      'Schließen Sie andere Programme, die sie benutzen, und öffnen Sie diese Seite neu, oder öffnen Sie sie auf dem ' +
        'Telefon.',
    ],
    camera_too_weak: [
      'Die Kamera ist nicht scharf genug',
      'Ihre Bilder wären zu klein zum Lesen. Öffnen Sie diese Seite auf dem Telefon.',
    ],
    app_incomplete: [
      'Mit dieser App geht es nicht',
      'Ihr fehlt ein Teil, den die Prüfung braucht. Öffnen Sie diese Seite im Browser.',
    ],
    no_document: [
      'Kein passender Ausweis',
      'Die Prüfung braucht einen der gezeigten Ausweise. Bitte sagen Sie {tenant}, dass Sie keinen davon haben.',
    ],
    unknown: [
      'Etwas ist schiefgegangen',
      'Bitte versuchen Sie es noch einmal. Wenn es nicht klappt, sagen Sie {tenant} Bescheid.',
    ],
  },
  notices: {
    unknown: [
      'Dieser Link funktioniert nicht',
      'Prüfen Sie, ob die Adresse vollständig ist, oder bitten Sie um einen neuen Link.',
    ],
    creating: ['Einen Moment', 'Ihre Identitätsprüfung wird vorbereitet.'],
    expired: [
      'Dieser Link ist abgelaufen',
      'Zu Ihrer Sicherheit galt er nur eine Weile. Bitten Sie {tenant} um einen neuen.',
    ],
    revoked: [
      'Dieser Link wurde zurückgezogen',
      'Er gilt nicht mehr. Wenn Sie einen neueren Link von {tenant} haben, nehmen Sie den, oder bitten Sie um einen neuen.',
    ],
    cancelled: [
      'Diese Prüfung wurde abgebrochen',
      'Sie müssen nichts tun. Wenn Sie das überrascht, fragen Sie {tenant}.',
    ],
    failed: [
      'Diese Prüfung kann nicht weitergehen',
      'Das liegt an uns, nicht an Ihnen. Bitten Sie {tenant} um einen neuen Link.',
    ],
    erased: ['Diese Prüfung ist vorbei', 'Ihre Daten sind gelöscht. Sie müssen nichts tun.'],
  },
};
