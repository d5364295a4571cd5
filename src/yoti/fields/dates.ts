/** A date as far as it is known. `year` may be known to two digits only. */
export interface PartialDate {
  year: number;
  shortYear: boolean;
  month: number | null;
  day: number | null;
}

const months = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');

/**
 * What a written date can mean: one date, two where day and month can be told apart by custom only, none when it isn't
 * understood. Understands `yyyy`, `yyyy-mm`, `yyyy-mm-dd` (Yoti: document fields), `14/07/1991` and `14 JUL /JUIL 91`.
 */
export function readDate(text: string): PartialDate[] {
  const written = text.trim().toUpperCase();
  const iso = /^(\d{4})(?:[-/. ]?(\d{2})(?:[-/. ]?(\d{2}))?)?$/.exec(written);
  if (iso) return possible(iso[1], iso[2], iso[3]);
  const numbers = /^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})$/.exec(written);
  if (numbers) {
    const [, first, second, year] = numbers;
    return [...possible(year, second, first), ...possible(year, first, second)];
  }
  const named = /^(\d{1,2})[-/. ]*([A-Z]{3})[A-Z]{0,6}\.?(?: ?\/ ?[A-Z]{1,9}\.?)?[-/. ]*(\d{4}|\d{2})$/.exec(
    written,
  );
  if (!named) return [];
  const month = months.indexOf(named[2] ?? '') + 1;
  return month === 0 ? [] : possible(named[3], String(month), named[1]);
}

function possible(year?: string, month?: string, day?: string): PartialDate[] {
  const date = {
    year: Number(year),
    shortYear: year?.length === 2,
    month: month === undefined ? null : Number(month),
    day: day === undefined ? null : Number(day),
  };
  const sound = inRange(date.month, 12) && inRange(date.day, 31);
  return sound ? [date] : [];
}

const inRange = (value: number | null, most: number) => value === null || (value >= 1 && value <= most);

/** Whether two dates can be the same: what one leaves open is no difference. */
export function sameDate(one: PartialDate, other: PartialDate): boolean {
  const short = one.shortYear || other.shortYear;
  const years = short ? one.year % 100 === other.year % 100 : one.year === other.year;
  const fits = (a: number | null, b: number | null) => a === null || b === null || a === b;
  return years && fits(one.month, other.month) && fits(one.day, other.day);
}
