import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The clock of a server's process, which can be set while it runs. */
export class ShiftedClock {
  private readonly file = join(mkdtempSync(join(tmpdir(), 'countersign-clock-')), 'seconds');

  constructor() {
    this.set(0);
  }

  /** What the server's environment needs. */
  get settings(): Record<string, string> {
    const preload = new URL('clock-shift.mjs', import.meta.url).href;
    return { NODE_OPTIONS: `--import=${preload}`, CLOCK_SHIFT_FILE: this.file };
  }

  /** From now on the clock is fast by so many seconds; slow when negative. */
  set(seconds: number): void {
    const whole = `${this.file}.new`;
    writeFileSync(whole, String(seconds));
    // Whoever reads meanwhile sees the old or the new one, and nothing in between.
    renameSync(whole, this.file);
  }

  remove(): void {
    rmSync(dirname(this.file), { recursive: true, force: true });
  }
}
