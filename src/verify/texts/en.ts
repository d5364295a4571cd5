import type { Texts } from '../texts.js';

export const english: Texts = {
  language: 'en',
  direction: 'ltr',
  name: 'English',
  languages: 'Language',
  intro: {
    title: 'Confirm your identity',
    requestedBy: 'Requested by {tenant}',
    needsTitle: 'What you need',
    needs: {
      document: [
        'Your identity document',
        'A passport, identity card or driving licence. The original, not a copy.',
      ],
      camera: ['A camera', 'To photograph your document, and your face if you are asked to.'],
      time: ['About 3 minutes', 'In a place with good light.'],
    },
    start: 'Start',
    resume: 'Continue',
    privacy:
      'Your pictures travel encrypted to Yoti, which checks them for {tenant}. {tenant} receives the pictures and the ' +
      'result. Nothing is sent before you press the button.',
    finishBy: 'Please finish by {time}.',
    needsScript:
      'This page needs JavaScript. Please allow it in your browser, or open the link in another one.',
  },
  handOff: {
    title: 'Continue on your phone',
    sentence: 'Its camera is usually better. Scan this code with it and keep this page open.',
    instead: 'Scan this code to go on with your phone.',
    codeLabel: 'QR code with the address of this page',
    waiting: [
      'Go on with your other device',
      'Keep this page open. It goes on by itself when you have finished there.',
    ],
    steps: {
      opened: 'This page is open on your other device',
      capturing: 'The check is under way there',
      finished: 'Everything has been sent',
    },
    problem: 'Something got in the way. Your other device says what you can do.',
    startHere: 'Continue on this device instead',
  },
  frame: { label: 'Identity check', connecting: 'Opening a secure connection…' },
  done: {
    title: 'You’re done',
    sentence: 'Thank you. Everything has been sent, and {tenant} will tell you what comes next.',
    close: 'You can close this page.',
    leaving: 'Taking you back to {tenant}…',
    leave: 'Go back to {tenant}',
  },
  closeFrame: 'Close',
  error: {
    retry: 'Try again',
    leave: 'Go back to {tenant}',
    copyLink: 'Copy the link to this page',
    copied: 'Copied',
    codeLabel: 'Code {code}',
    helps: {
      same_session: 'You can try again right away.',
      new_session: 'You can try again with a new link.',
      no: 'Trying again in the same way won’t help.',
    },
  },
  errors: {
    cancelled: ['You stopped before the end', 'You can take it up again whenever you are ready.'],
    link_over: [
      'This link no longer works',
      'Its time has run out or it was used already. Ask {tenant} for a new one.',
    ],
    unavailable: [
      'The check can’t be reached',
      'This is a problem on our side. Please try again in a minute.',
    ],
    no_network: ['No connection', 'Check that you are connected to the internet, then try again.'],
    camera_refused: [
      'The camera is blocked',
      'Allow this page to use the camera: tap the symbol beside the address at the top of your browser. Then try again.',
    ],
    document_mismatch: [
      'The document didn’t fit',
      'It is not the document you had chosen, or it is no longer valid. Ask {tenant} for a new link and have a valid ' +
        'document ready.',
    ],
    no_camera: [
      'No camera found',
      'This device has no camera that can be used here. Open this page on your phone.',
    ],
    unsupported_browser: [
      'This browser can’t do it',
      'Open this page in an up-to-date Chrome, Safari or Edge, or on your phone.',
    ],
    no_liveness_tries_left: [
      'Your face could not be confirmed',
      'Look straight at the camera in even light, without a hat or sunglasses, and try again. If it doesn’t work, ' +
        'tell {tenant}.',
    ],
    app_outdated: ['This app is too old', 'Update the app, or open this page in your browser.'],
    technical: ['Something went wrong', 'This is a problem on our side, not with you. Please tell {tenant}.'],
    scan_failed: ['The document could not be read', 'Open this page on another device.'],
    liveness_failed: [
      'The camera check didn’t work',
      'A technical problem got in the way. Open this page on another device.',
    ],
    use_safari: [
      'Please use Safari',
      'On an iPhone or iPad this only works in Safari. Copy the link and open it there.',
    ],
    unsupported_setup: [
      'This check can’t be done here',
      'It was set up in a way that can’t be used on a web page. Please tell {tenant}.',
    ],
    no_storage: [
      'Not enough space',
      'This device has no space left for the pictures. Make some, or use another device.',
    ],
    camera_failed: [
      'The camera didn’t start',
      'Close other programs that use it, then open this page again, or open it on your phone.',
    ],
    camera_too_weak: [
      'The camera isn’t sharp enough',
      'Its pictures would be too small to read. Open this page on your phone.',
    ],
    app_incomplete: [
      'This app can’t do it',
      'A part that the check needs is missing in it. Open this page in your browser.',
    ],
    no_document: [
      'No suitable document',
      'The check needs one of the documents you were shown. Please tell {tenant} that you have none of them.',
    ],
    unknown: ['Something went wrong', 'Please try again. If it doesn’t work, tell {tenant}.'],
  },
  notices: {
    unknown: [
      'This link doesn’t work',
      'Check that you have the whole address, or ask whoever sent it for a new one.',
    ],
    creating: ['One moment', 'Your identity check is being prepared.'],
    expired: [
      'This link has expired',
      'For your safety it only worked for a while. Ask {tenant} for a new one.',
    ],
    revoked: [
      'This link no longer works',
      'It was taken back or replaced. If {tenant} has sent you a newer one, use that; otherwise ask for one.',
    ],
    cancelled: [
      'This check was cancelled',
      'You don’t need to do anything. If that surprises you, ask {tenant}.',
    ],
    failed: [
      'This check can’t go on',
      'This is a problem on our side, not with you. Ask {tenant} for a new link.',
    ],
    erased: ['This check is over', 'Its data has been deleted. You don’t need to do anything.'],
  },
};
