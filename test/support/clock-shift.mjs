// Loaded before the server's own code (NODE_OPTIONS=--import): its clock is wrong by as many seconds as a file says.
import { readFileSync } from 'node:fs';

const file = process.env.CLOCK_SHIFT_FILE;
const REREAD_MS = 20;
const RealDate = Date;
let readAt = -Infinity;
let shiftMs = 0;

function now() {
  if (performance.now() - readAt > REREAD_MS) {
    readAt = performance.now();
    shiftMs = Number(readFileSync(file, 'utf8')) * 1000;
  }
  return RealDate.now() + shiftMs;
}

globalThis.Date = class Date extends RealDate {
  constructor(...given) {
    super(...(given.length === 0 ? [now()] : given));
  }

  static now() {
    return now();
  }
};
