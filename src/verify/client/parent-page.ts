import type { VerificationEvent } from '../../embed/countersign.js';

/** The page of the tenant's that embeds this one; runs in the person's browser. */
export interface ParentPage {
  /** Whether there is one. */
  present: boolean;
  tell(event: VerificationEvent): void;
}

/**
 * The parent, where it is one of these origins. It says where it is from first (`mountVerification` does) and hears
 * everything from then on, what was told before included; nobody else hears anything.
 *
 * @param embed null where the page stands for itself
 */
export function parentPage(embed: { origins: readonly string[] } | null): ParentPage {
  const origins = embed?.origins ?? [];
  if (window.parent === window || origins.length === 0) return { present: false, tell: () => undefined };
  const early: VerificationEvent[] = [];
  let target: string | undefined;

  function tell(event: VerificationEvent): void {
    if (target === undefined) early.push(event);
    else window.parent.postMessage({ source: 'countersign', event }, target);
  }
  addEventListener('message', ({ origin, source, data }: MessageEvent<unknown>) => {
    const hello = (data ?? {}) as { source?: unknown; type?: unknown };
    if (source !== window.parent || !origins.includes(origin)) return;
    if (hello.source !== 'countersign-embed' || hello.type !== 'hello') return;
    target = origin;
    tell({ type: 'ready' });
    early.splice(0).forEach(tell);
  });
  return { present: true, tell };
}
