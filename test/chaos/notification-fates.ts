import type { NotificationDraw } from '../../src/simulator/notifications.js';
import type { Dice } from './dice.js';

/** Of all that is to be sent, copies too. */
export const DROPPED = 0.2;
/** Of all notifications. */
export const DOUBLED = 0.3;

/**
 * Draws which notifications are sent twice, and which of what is sent gets lost: each by itself, so that of two of one
 * topic the one is lost and the other is not.
 */
export class NotificationFates {
  private readonly told = new Map<string, { reference: string; count: number }>();

  constructor(private readonly dice: Dice) {}

  /** Says whose session of the plan a session at Yoti is, before its first notification. */
  assign(yotiSessionId: string, reference: string): void {
    this.told.set(yotiSessionId, { reference, count: 0 });
  }

  /** The fate of a session's next notification. */
  readonly draw: NotificationDraw = ({ session_id: id }) => {
    const told = this.told.get(id);
    if (!told) return [true];
    told.count += 1;
    const about = [told.reference, told.count] as const;
    const copies = this.dice.throw('doubled', ...about) < DOUBLED ? 2 : 1;
    return Array.from({ length: copies }, (_, copy) => this.dice.throw('dropped', ...about, copy) >= DROPPED);
  };
}
