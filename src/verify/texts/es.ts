import type { Texts } from '../texts.js';

export const spanish: Texts = {
  language: 'es',
  direction: 'ltr',
  name: 'Español',
  languages: 'Idioma',
  intro: {
    title: 'Confirme su identidad',
    requestedBy: 'A petición de {tenant}',
    needsTitle: 'Qué necesita',
    needs: {
      document: [
        'Su documento de identidad',
        'Pasaporte, documento de identidad o permiso de conducir. El original, no una copia.',
      ],
      camera: ['Una cámara', 'Para fotografiar el documento, y su cara si se le pide.'],
      time: ['Unos 3 minutos', 'En un lugar con buena luz.'],
    },
    start: 'Empezar',
    resume: 'Continuar',
    privacy:
      'Sus imágenes viajan cifradas a Yoti, que las comprueba para {tenant}. {tenant} recibe las imágenes y el ' +
      'resultado. No se envía nada antes de que pulse el botón.',
    finishBy: 'Termine antes de: {time}.',
    needsScript: 'Esta página necesita JavaScript. Permítalo en su navegador o abra el enlace en otro.',
  },
  handOff: {
    title: 'Continúe en su teléfono',
    sentence: 'Su cámara suele ser mejor. Escanee este código con él y deje esta página abierta.',
    instead: 'Escanee este código para continuar con su teléfono.',
    codeLabel: 'Código QR con la dirección de esta página',
    waiting: [
      'Continúe en su otro dispositivo',
      'Deje esta página abierta. Avanza sola cuando haya terminado allí.',
    ],
    steps: {
      opened: 'La página está abierta en su otro dispositivo',
      capturing: 'La comprobación está en curso allí',
      finished: 'Todo se ha enviado',
    },
    problem: 'Ha surgido un problema. Su otro dispositivo le dice qué puede hacer.',
    startHere: 'Continuar en este dispositivo',
  },
  frame: { label: 'Comprobación de identidad', connecting: 'Abriendo una conexión segura…' },
  done: {
    title: 'Ha terminado',
    sentence: 'Gracias. Todo se ha enviado, y {tenant} le dirá cómo sigue.',
    close: 'Puede cerrar esta página.',
    leaving: 'Volviendo a {tenant}…',
    leave: 'Volver a {tenant}',
  },
  closeFrame: 'Cerrar',
  error: {
    retry: 'Intentar de nuevo',
    leave: 'Volver a {tenant}',
    copyLink: 'Copiar el enlace a esta página',
    copied: 'Copiado',
    codeLabel: 'Código {code}',
    helps: {
      same_session: 'Puede intentarlo de nuevo ahora mismo.',
      new_session: 'Puede intentarlo de nuevo con otro enlace.',
      no: 'Intentarlo otra vez de la misma forma no servirá.',
    },
  },
  errors: {
    cancelled: ['Lo ha dejado antes del final', 'Puede retomarlo cuando quiera.'],
    link_over: ['Este enlace ya no sirve', 'Su plazo ha pasado o ya se ha usado. Pida uno nuevo a {tenant}.'],
    unavailable: [
      'No se puede acceder a la comprobación',
      'El problema es nuestro. Inténtelo de nuevo en un minuto.',
    ],
    no_network: ['Sin conexión', 'Compruebe que está conectado a internet e inténtelo de nuevo.'],
    camera_refused: [
      'La cámara está bloqueada',
      'Permita que esta página use la cámara: toque el símbolo junto a la dirección, arriba en el navegador. Después ' +
        'inténtelo de nuevo.',
    ],
    document_mismatch: [
      'El documento no coincidía',
      'No es el que había elegido, o ya no es válido. Pida un enlace nuevo a {tenant} y tenga a mano un documento ' +
        'válido.',
    ],
    no_camera: [
      'No se ha encontrado ninguna cámara',
      'Este dispositivo no tiene ninguna que sirva aquí. Abra esta página en su teléfono.',
    ],
    unsupported_browser: [
      'Este navegador no sirve',
      'Abra esta página en un Chrome, Safari o Edge actualizado, o en su teléfono.',
    ],
    no_liveness_tries_left: [
      'No se ha podido confirmar su cara',
      'Mire de frente a la cámara con una luz uniforme, sin sombrero ni gafas de sol, e inténtelo de nuevo. Si no ' +
        'funciona, avise a {tenant}.',
    ],
    app_outdated: ['Esta aplicación es demasiado antigua', 'Actualícela o abra esta página en su navegador.'],
    technical: ['Algo ha fallado', 'El problema es nuestro, no suyo. Avise a {tenant}.'],
    scan_failed: ['No se ha podido leer el documento', 'Abra esta página en otro dispositivo.'],
    liveness_failed: [
      'La prueba con la cámara no ha funcionado',
      'Lo ha impedido un problema técnico. Abra esta página en otro dispositivo.',
    ],
    use_safari: ['Use Safari', 'En un iPhone o iPad solo funciona en Safari. Copie el enlace y ábralo allí.'],
    unsupported_setup: [
      'Esta comprobación no se puede hacer aquí',
      'Está configurada de una forma que no sirve en una página web. Avise a {tenant}.',
    ],
    no_storage: [
      'No hay espacio suficiente',
      'A este dispositivo no le queda espacio para las imágenes. Libere algo o use otro dispositivo.',
    ],
    camera_failed: [
      'La cámara no ha arrancado',
      'Cierre otros programas que la usen y abra esta página de nuevo, o ábrala en su teléfono.',
    ],
    camera_too_weak: [
      'La cámara no es lo bastante nítida',
      'Sus imágenes serían demasiado pequeñas para leerlas. Abra esta página en su teléfono.',
    ],
    app_incomplete: [
      'Esta aplicación no sirve',
      'Le falta una parte que la comprobación necesita. Abra esta página en su navegador.',
    ],
    no_document: [
      'Ningún documento adecuado',
      'Hace falta uno de los documentos que se le han mostrado. Diga a {tenant} que no tiene ninguno.',
    ],
    unknown: ['Algo ha fallado', 'Inténtelo de nuevo. Si no funciona, avise a {tenant}.'],
  },
  notices: {
    unknown: [
      'Este enlace no funciona',
      'Compruebe que la dirección está completa, o pida un enlace nuevo a quien se lo envió.',
    ],
    creating: ['Un momento', 'Se está preparando su comprobación de identidad.'],
    expired: [
      'Este enlace ha caducado',
      'Por su seguridad solo servía durante un tiempo. Pida uno nuevo a {tenant}.',
    ],
    revoked: [
      'Este enlace se ha retirado',
      'Ya no sirve. Si tiene un enlace más reciente de {tenant}, use ese, o pida uno nuevo.',
    ],
    cancelled: [
      'Esta comprobación se ha cancelado',
      'No tiene que hacer nada. Si le sorprende, pregunte a {tenant}.',
    ],
    failed: [
      'Esta comprobación no puede seguir',
      'El problema es nuestro, no suyo. Pida un enlace nuevo a {tenant}.',
    ],
    erased: ['Esta comprobación ha terminado', 'Sus datos se han borrado. No tiene que hacer nada.'],
  },
};
