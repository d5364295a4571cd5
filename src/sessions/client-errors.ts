/** Whether trying again helps: at once, with a new link, or not at all. */
export const retries = ['same_session', 'new_session', 'no'] as const;
export type Retry = (typeof retries)[number];

/** What one kind of client error means for the person. */
export interface ClientErrorRule {
  retry: Retry;
  /** Whether another device or browser can go on in the same session. */
  otherDevice: boolean;
}

/** Kinds of client errors. Each has its sentences in the hosted page's texts; the names are part of the API. */
export const clientErrorRules = {
  cancelled: { retry: 'same_session', otherDevice: false },
  link_over: { retry: 'new_session', otherDevice: false },
  unavailable: { retry: 'same_session', otherDevice: false },
  no_network: { retry: 'same_session', otherDevice: false },
  camera_refused: { retry: 'same_session', otherDevice: true },
  document_mismatch: { retry: 'new_session', otherDevice: false },
  no_camera: { retry: 'no', otherDevice: true },
  unsupported_browser: { retry: 'no', otherDevice: true },
  no_liveness_tries_left: { retry: 'same_session', otherDevice: false },
  app_outdated: { retry: 'no', otherDevice: true },
  technical: { retry: 'no', otherDevice: false },
  scan_failed: { retry: 'no', otherDevice: true },
  liveness_failed: { retry: 'no', otherDevice: true },
  use_safari: { retry: 'no', otherDevice: true },
  unsupported_setup: { retry: 'no', otherDevice: false },
  no_storage: { retry: 'no', otherDevice: true },
  camera_failed: { retry: 'no', otherDevice: true },
  camera_too_weak: { retry: 'no', otherDevice: true },
  app_incomplete: { retry: 'no', otherDevice: true },
  no_document: { retry: 'no', otherDevice: false },
  unknown: { retry: 'same_session', otherDevice: true },
} as const satisfies Record<string, ClientErrorRule>;

export type ClientErrorKind = keyof typeof clientErrorRules;
export const clientErrorKinds = Object.keys(clientErrorRules) as [ClientErrorKind, ...ClientErrorKind[]];

/**
 * Every error code that Yoti's web and native clients document, with what it means for whoever looks into a session
 * (Yoti: "Error codes"). Code 0 is success, and no error.
 */
export const clientErrorCodes: ReadonlyMap<number, readonly [kind: ClientErrorKind, meaning: string]> =
  new Map<number, readonly [ClientErrorKind, string]>([
    [1000, ['cancelled', 'The person stopped before the end.']],
    [2000, ['link_over', 'The client token was refused: it is wrong, or its time has run out.']],
    [2001, ['link_over', 'Yoti has no such session.']],
    [2002, ['link_over', 'The session has expired at Yoti.']],
    [2003, ['link_over', 'The client was opened without a token.']],
    [2004, ['link_over', 'The client was opened without a session id.']],
    [3000, ['unavailable', 'Yoti could not be reached by the client.']],
    [3001, ['no_network', 'A request of the client failed on the way.']],
    [3002, ['no_network', 'The device had no network.']],
    [3003, ['no_network', 'The network of the device was too slow.']],
    [4000, ['camera_refused', 'The person, or their browser, refused the camera.']],
    [
      4001,
      [
        'document_mismatch',
        'The document was not the chosen one, or the attempts for one in date were used up.',
      ],
    ],
    [5000, ['no_camera', 'The device has no camera, and the policy allows no upload.']],
    [5001, ['unsupported_browser', 'The browser can not do the liveness check.']],
    [5002, ['no_liveness_tries_left', 'All tries of the liveness check were used.']],
    [5003, ['app_outdated', 'The native SDK in the app is too old.']],
    [5004, ['technical', 'The client failed for a reason of its own.']],
    [5005, ['scan_failed', 'Scanning the document failed.']],
    [5006, ['liveness_failed', 'The liveness check failed technically.']],
    [5007, ['use_safari', 'The browser is one on iOS that is not Safari.']],
    [5008, ['unsupported_setup', 'The client does not support what the policy asks for.']],
    [5009, ['no_storage', 'The device had no space left.']],
    [5010, ['camera_failed', 'The camera did not start, and there was no other way.']],
    [5011, ['camera_too_weak', 'The resolution of the camera is too low.']],
    [6000, ['app_incomplete', 'The app lacks the module for documents.']],
    [6001, ['app_incomplete', 'The app lacks the module for liveness.']],
    [6002, ['app_incomplete', 'The app lacks the module for supplementary documents.']],
    [6003, ['app_incomplete', 'The app lacks the module for face captures.']],
    [7000, ['no_document', 'The person has none of the documents that the policy accepts.']],
  ]);

/** The kind of an error code; codes nobody has documented are `unknown`, where trying again does no harm. */
export const clientErrorKind = (code: number): ClientErrorKind =>
  clientErrorCodes.get(code)?.[0] ?? 'unknown';

/** What the API says about an event besides its code; nothing for events that are no errors. */
export function explainClientEvent({ type, code }: { type: string; code: number | null }): {
  kind: ClientErrorKind | null;
  meaning: string | null;
  retry: Retry | null;
} {
  if (type !== 'error') return { kind: null, meaning: null, retry: null };
  const [kind, meaning] = (code === null ? undefined : clientErrorCodes.get(code)) ?? [
    'unknown' as const,
    'The client ended with an error that is not documented.',
  ];
  return { kind, meaning, retry: clientErrorRules[kind].retry };
}
