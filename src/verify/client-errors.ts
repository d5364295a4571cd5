/** Whether trying again helps: at once, with a new link, or not at all. */
export type Retry = 'same_session' | 'new_session' | 'no';

/** What one kind of client error means for the person. */
export interface ClientErrorRule {
  retry: Retry;
  /** Whether another device or browser can go on in the same session. */
  otherDevice: boolean;
}

/** Kinds of client errors; each has its sentence in the texts. */
export const clientErrorRules = {
  cancelled: { retry: 'same_session', otherDevice: false },
  linkOver: { retry: 'new_session', otherDevice: false },
  unavailable: { retry: 'same_session', otherDevice: false },
  noNetwork: { retry: 'same_session', otherDevice: false },
  cameraRefused: { retry: 'same_session', otherDevice: true },
  documentMismatch: { retry: 'new_session', otherDevice: false },
  noCamera: { retry: 'no', otherDevice: true },
  unsupportedBrowser: { retry: 'no', otherDevice: true },
  noLivenessTriesLeft: { retry: 'same_session', otherDevice: false },
  appOutdated: { retry: 'no', otherDevice: true },
  technical: { retry: 'no', otherDevice: false },
  scanFailed: { retry: 'no', otherDevice: true },
  livenessFailed: { retry: 'no', otherDevice: true },
  useSafari: { retry: 'no', otherDevice: true },
  unsupportedSetup: { retry: 'no', otherDevice: false },
  noStorage: { retry: 'no', otherDevice: true },
  cameraFailed: { retry: 'no', otherDevice: true },
  cameraTooWeak: { retry: 'no', otherDevice: true },
  appIncomplete: { retry: 'no', otherDevice: true },
  noDocument: { retry: 'no', otherDevice: false },
  unknown: { retry: 'same_session', otherDevice: true },
} as const satisfies Record<string, ClientErrorRule>;

export type ClientErrorKind = keyof typeof clientErrorRules;

/** Every error code that Yoti's web and native clients document. Code 0 is success, and no error. */
export const clientErrorCodes: ReadonlyMap<number, ClientErrorKind> = new Map([
  [1000, 'cancelled'],
  [2000, 'linkOver'],
  [2001, 'linkOver'],
  [2002, 'linkOver'],
  [2003, 'linkOver'],
  [2004, 'linkOver'],
  [3000, 'unavailable'],
  [3001, 'noNetwork'],
  [3002, 'noNetwork'],
  [3003, 'noNetwork'],
  [4000, 'cameraRefused'],
  [4001, 'documentMismatch'],
  [5000, 'noCamera'],
  [5001, 'unsupportedBrowser'],
  [5002, 'noLivenessTriesLeft'],
  [5003, 'appOutdated'],
  [5004, 'technical'],
  [5005, 'scanFailed'],
  [5006, 'livenessFailed'],
  [5007, 'useSafari'],
  [5008, 'unsupportedSetup'],
  [5009, 'noStorage'],
  [5010, 'cameraFailed'],
  [5011, 'cameraTooWeak'],
  [6000, 'appIncomplete'],
  [6001, 'appIncomplete'],
  [6002, 'appIncomplete'],
  [6003, 'appIncomplete'],
  [7000, 'noDocument'],
]);

/** The kind of an error code; codes nobody has documented are `unknown`, where trying again does no harm. */
export const clientErrorKind = (code: number): ClientErrorKind => clientErrorCodes.get(code) ?? 'unknown';
