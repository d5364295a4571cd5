import type { Texts } from '../texts.js';

export const french: Texts = {
  language: 'fr',
  direction: 'ltr',
  name: 'Français',
  languages: 'Langue',
  intro: {
    title: 'Confirmez votre identité',
    requestedBy: 'À la demande de {tenant}',
    needsTitle: 'Ce qu’il vous faut',
    needs: {
      document: [
        'Votre pièce d’identité',
        'Passeport, carte d’identité ou permis de conduire. L’original, pas une copie.',
      ],
      camera: ['Un appareil photo', 'Pour photographier votre pièce, et votre visage si on vous le demande.'],
      time: ['Environ 3 minutes', 'Dans un endroit bien éclairé.'],
    },
    start: 'Commencer',
    resume: 'Continuer',
    privacy:
      'Vos images sont chiffrées et transmises à Yoti, qui les vérifie pour {tenant}. {tenant} reçoit les images et ' +
      'le résultat. Rien n’est envoyé avant que vous appuyiez sur le bouton.',
    finishBy: 'Merci de terminer avant {time}.',
    needsScript:
      'Cette page a besoin de JavaScript. Autorisez-le dans votre navigateur, ou ouvrez le lien dans un autre.',
  },
  handOff: {
    title: 'Continuer sur votre téléphone',
    sentence:
      'Son appareil photo est souvent meilleur. Scannez ce code avec lui et gardez cette page ouverte.',
    instead: 'Scannez ce code pour continuer avec votre téléphone.',
    codeLabel: 'Code QR avec l’adresse de cette page',
    waiting: [
      'Continuez sur votre autre appareil',
      'Gardez cette page ouverte. Elle avance d’elle-même quand vous avez terminé là-bas.',
    ],
    steps: {
      opened: 'La page est ouverte sur votre autre appareil',
      capturing: 'La vérification y est en cours',
      finished: 'Tout a été envoyé',
    },
    problem: 'Il y a eu un contretemps. Votre autre appareil vous dit quoi faire.',
    startHere: 'Continuer plutôt sur cet appareil',
  },
  frame: { label: 'Vérification d’identité', connecting: 'Ouverture d’une connexion sécurisée…' },
  done: {
    title: 'C’est terminé',
    sentence: 'Merci. Tout a été envoyé, et {tenant} vous dira la suite.',
    close: 'Vous pouvez fermer cette page.',
    leaving: 'Retour vers {tenant}…',
    leave: 'Revenir à {tenant}',
  },
  closeFrame: 'Fermer',
  error: {
    retry: 'Réessayer',
    leave: 'Revenir à {tenant}',
    copyLink: 'Copier le lien de cette page',
    copied: 'Copié',
    codeLabel: 'Code {code}',
    helps: {
      same_session: 'Vous pouvez réessayer tout de suite.',
      new_session: 'Vous pouvez réessayer avec un nouveau lien.',
      no: 'Réessayer de la même façon ne servira à rien.',
    },
  },
  errors: {
    cancelled: ['Vous vous êtes arrêté avant la fin', 'Vous pouvez reprendre quand vous voulez.'],
    link_over: [
      'Ce lien ne fonctionne plus',
      'Son délai est dépassé ou il a déjà servi. Demandez-en un nouveau à {tenant}.',
    ],
    unavailable: [
      'La vérification est injoignable',
      'Le problème vient de chez nous. Réessayez dans une minute.',
    ],
    no_network: ['Pas de connexion', 'Vérifiez que vous êtes connecté à internet, puis réessayez.'],
    camera_refused: [
      'L’appareil photo est bloqué',
      'Autorisez cette page à l’utiliser : touchez le symbole à côté de l’adresse, en haut du navigateur. Puis ' +
        'réessayez.',
    ],
    document_mismatch: [
      'La pièce ne convenait pas',
      'Ce n’est pas celle que vous aviez choisie, ou elle n’est plus valable. Demandez un nouveau lien à {tenant} et ' +
        'préparez une pièce valable.',
    ],
    no_camera: [
      'Aucun appareil photo trouvé',
      'Cet appareil n’en a pas qui puisse servir ici. Ouvrez cette page sur votre téléphone.',
    ],
    unsupported_browser: [
      'Ce navigateur ne convient pas',
      'Ouvrez cette page dans un Chrome, Safari ou Edge à jour, ou sur votre téléphone.',
    ],
    no_liveness_tries_left: [
      'Votre visage n’a pas pu être confirmé',
      'Regardez bien l’appareil photo, dans une lumière égale, sans chapeau ni lunettes de soleil, et réessayez. Si ' +
        'cela ne marche pas, dites-le à {tenant}.',
    ],
    app_outdated: [
      'Cette application est trop ancienne',
      'Mettez-la à jour, ou ouvrez cette page dans votre navigateur.',
    ],
    technical: [
      'Quelque chose n’a pas marché',
      'Le problème vient de chez nous, pas de vous. Dites-le à {tenant}.',
    ],
    scan_failed: ['La pièce n’a pas pu être lue', 'Ouvrez cette page sur un autre appareil.'],
    liveness_failed: [
      'Le contrôle par la caméra n’a pas marché',
      'Un problème technique l’a empêché. Ouvrez cette page sur un autre appareil.',
    ],
    use_safari: [
      'Utilisez Safari',
      'Sur un iPhone ou un iPad, cela ne marche que dans Safari. Copiez le lien et ouvrez-le là.',
    ],
    unsupported_setup: [
      'Cette vérification n’est pas possible ici',
      'Elle est réglée d’une façon qui ne marche pas sur une page web. Dites-le à {tenant}.',
    ],
    no_storage: [
      'Pas assez de place',
      'Cet appareil n’a plus de place pour les images. Faites-en, ou prenez un autre appareil.',
    ],
    camera_failed: [
      'L’appareil photo n’a pas démarré',
      'Fermez les autres programmes qui l’utilisent, puis rouvrez cette page, ou ouvrez-la sur votre téléphone.',
    ],
    camera_too_weak: [
      'L’appareil photo n’est pas assez net',
      'Ses images seraient trop petites pour être lues. Ouvrez cette page sur votre téléphone.',
    ],
    app_incomplete: [
      'Cette application ne convient pas',
      'Il lui manque une partie nécessaire. Ouvrez cette page dans votre navigateur.',
    ],
    no_document: [
      'Pas de pièce qui convienne',
      'Il faut l’une des pièces qui vous ont été montrées. Dites à {tenant} que vous n’en avez aucune.',
    ],
    unknown: ['Quelque chose n’a pas marché', 'Réessayez. Si cela ne marche pas, dites-le à {tenant}.'],
  },
  notices: {
    unknown: [
      'Ce lien ne fonctionne pas',
      'Vérifiez que l’adresse est complète, ou demandez un nouveau lien à qui vous l’a envoyé.',
    ],
    creating: ['Un instant', 'Votre vérification d’identité se prépare.'],
    expired: [
      'Ce lien a expiré',
      'Pour votre sécurité, il ne valait qu’un moment. Demandez-en un nouveau à {tenant}.',
    ],
    revoked: [
      'Ce lien a été retiré',
      'Il ne vaut plus. Si vous avez un lien plus récent de {tenant}, prenez celui-là, ou demandez-en un nouveau.',
    ],
    cancelled: [
      'Cette vérification a été annulée',
      'Vous n’avez rien à faire. Si cela vous étonne, demandez à {tenant}.',
    ],
    failed: [
      'Cette vérification ne peut pas continuer',
      'Le problème vient de chez nous, pas de vous. Demandez un nouveau lien à {tenant}.',
    ],
    erased: ['Cette vérification est close', 'Ses données ont été effacées. Vous n’avez rien à faire.'],
  },
};
