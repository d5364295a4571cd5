// Loaded before the server's own code (NODE_OPTIONS=--import): its clock is wrong by as many seconds as a file says.
import { readFileSync } from 'node:fs';

const file = process.env.CLOCK_SHIFT_FILE;
const RealDate = Date;

// Read each time: a request that follows a change of the clock has to meet it.
const now = () => RealDate.now() + Number(readFileSync(file, 'utf8')) * 1000;

globalThis.Date = class Date extends RealDate {
  constructor(...given) {
    super(...(given.length === 0 ? [now()] : given));
  }

  static now() {
    return now();
  }
};
