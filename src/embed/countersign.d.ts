/** Shows the hosted page of a session inside a page of yours, and tells how it goes. */
/** Whether trying again helps: at once, with a new session, or not at all. */
export type Retry = 'same_session' | 'new_session' | 'no';
/** What kind of error it is; more may come. `not_loaded`: the page did not come up inside yours. */
export type ErrorKind =
  | 'app_incomplete'
  | 'app_outdated'
  | 'camera_failed'
  | 'camera_refused'
  | 'camera_too_weak'
  | 'cancelled'
  | 'document_mismatch'
  | 'link_over'
  | 'liveness_failed'
  | 'no_camera'
  | 'no_document'
  | 'no_liveness_tries_left'
  | 'no_network'
  | 'no_storage'
  | 'not_loaded'
  | 'scan_failed'
  | 'technical'
  | 'unavailable'
  | 'unknown'
  | 'unsupported_browser'
  | 'unsupported_setup'
  | 'use_safari';
/**
 * What happens in the frame. It is a cue to ask your back-end, never a proof: a person can make their browser say
 * anything.
 */
export type VerificationEvent =
  /** The page is there. */
  | {
      type: 'ready';
    }
  /** The check has begun in this browser. */
  | {
      type: 'started';
    }
  /** The person has finished, here or on their phone. `returnUrl` is the session's success URL with its id. */
  | {
      type: 'success';
      returnUrl: string | null;
    }
  /** Something got in the way. The frame explains it and offers what helps; `code` is Yoti's, where it has one. */
  | {
      type: 'error';
      code: number | null;
      kind: ErrorKind;
      retry: Retry;
    }
  /** The person pressed the closing button; the frame is gone. */
  | {
      type: 'closed';
      returnUrl: string | null;
    };
export interface VerificationOptions {
  /** `client.hostedUrl` of the session. Yoti's token stays out of your page. */
  url: string;
  /** The element that the frame fills, or a selector of it. Give it a height, of 605 pixels or more. */
  container: Element | string;
  /** Hears every event, in order. */
  onEvent?: (event: VerificationEvent) => void;
  /** Language of the page, such as `de`, instead of the session's. */
  language?: string;
  /** Name of the frame for screen readers. */
  title?: string;
  /** Leave your page for the event's `returnUrl` on `success` and `closed`. */
  redirect?: boolean;
}
export interface Verification {
  readonly frame: HTMLIFrameElement;
  /** Takes the frame away, which frees the camera. Nothing is told afterwards. */
  destroy(): void;
}
/**
 * Shows the session's hosted page in the container.
 *
 * @throws TypeError when the URL is no hosted URL, or there is no such container
 */
export declare function mountVerification(options: VerificationOptions): Verification;
