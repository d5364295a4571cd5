import type { SpecimenDocument } from './document.js';
import { drawFace } from './face.js';
import { sequence } from './person.js';

/** Documents are drawn on a canvas of these many units. */
export const PASSPORT_SIZE = { width: 1250, height: 880 };
export const CARD_SIZE = { width: 1250, height: 790 };

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (value: string) => value.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character);

const TITLES: Record<string, string> = {
  PASSPORT: 'PASSPORT',
  DRIVING_LICENCE: 'DRIVING LICENCE',
  NATIONAL_ID: 'IDENTITY CARD',
  RESIDENCE_PERMIT: 'RESIDENCE PERMIT',
  TRAVEL_DOCUMENT: 'TRAVEL DOCUMENT',
};

/** The heading printed on a document of that type. */
export const titleOf = (documentType: string) => TITLES[documentType] ?? documentType.replaceAll('_', ' ');

const MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');

function printedDate(date: string): string {
  const [year, month, day] = date.split('-');
  return `${day} ${MONTHS[Number(month) - 1]} ${year}`;
}

/** Text in one of the bundled faces. */
export function text(x: number, y: number, value: string, size: number, extra = ''): string {
  return `<text x="${x}" y="${y}" font-family="DejaVu Sans" font-size="${size}" ${extra}>${escape(value)}</text>`;
}

function field(x: number, y: number, label: string, value: string): string {
  return `${text(x, y, label, 17, 'fill="#54626c"')}${text(x, y + 35, value, 29, 'fill="#14191d" font-weight="bold"')}`;
}

/** Wavy security lines in two tints, different for each country and type. */
function guilloche(seed: string, width: number, height: number): string {
  const next = sequence(seed);
  const hue = next('hue', 360);
  const wave = 40 + next('wave', 50);
  const lines = Array.from({ length: 34 }, (_, index) => {
    const y = index * (height / 30) - 40;
    const lift = 26 + 18 * Math.sin(index / 3);
    const tint = index % 2 === 0 ? `hsl(${hue},42%,68%)` : `hsl(${(hue + 40) % 360},38%,72%)`;
    return `<path d="M0 ${y.toFixed(1)} q${wave} ${lift.toFixed(1)} ${wave * 2} 0 t${wave * 2} 0 t${wave * 2} 0 t${wave * 2} 0 t${wave * 2} 0 t${wave * 2} 0 t${wave * 2} 0 t${wave * 2} 0 t${wave * 2} 0" fill="none" stroke="${tint}" stroke-width="1.5" opacity="0.6"/>`;
  });
  return `<rect width="${width}" height="${height}" fill="hsl(${hue},34%,93%)"/>${lines.join('')}`;
}

function watermark(width: number, height: number): string {
  return `<g transform="translate(${width / 2} ${height / 2}) rotate(-18)"><text font-family="DejaVu Sans" font-size="150" font-weight="bold" letter-spacing="26" text-anchor="middle" fill="#a3222e" opacity="0.15">SPECIMEN</text></g>`;
}

function photo(doc: SpecimenDocument, x: number, y: number, scale: number): string {
  return `<g transform="translate(${x} ${y}) scale(${scale})"><rect width="300" height="380" fill="#dfe5ea"/><svg width="300" height="380" viewBox="0 0 300 380">${drawFace(doc.faceSeed, doc.person.sex)}</svg><rect width="300" height="380" fill="none" stroke="#8b969e" stroke-width="2"/></g>`;
}

function zone(doc: SpecimenDocument, width: number, height: number, size: number): string {
  const top = height - doc.mrz.length * (size + 16) - 34;
  const lines = doc.mrz.map(
    (line, index) =>
      `<text x="${width / 2}" y="${top + 40 + (index + 0.55) * (size + 16)}" font-family="DejaVu Sans Mono" font-size="${size}" textLength="${width - 110}" text-anchor="middle" fill="#101418">${escape(line)}</text>`,
  );
  return `<rect x="0" y="${top}" width="${width}" height="${height - top}" fill="#ffffff" opacity="0.82"/>${lines.join('')}`;
}

function frame(seed: string, { width, height }: { width: number; height: number }, content: string): string {
  return `<clipPath id="card"><rect width="${width}" height="${height}" rx="34"/></clipPath><g clip-path="url(#card)">${guilloche(seed, width, height)}${content}${watermark(width, height)}</g><rect width="${width}" height="${height}" rx="34" fill="none" stroke="rgba(40,50,60,0.35)" stroke-width="2"/>`;
}

function heading(doc: SpecimenDocument): string {
  return `${text(60, 78, doc.countryName.toUpperCase(), 30, 'fill="#1d2d3a" font-weight="bold" letter-spacing="3"')}${text(1190, 78, titleOf(doc.documentType), 34, 'fill="#1d2d3a" font-weight="bold" letter-spacing="3" text-anchor="end"')}<path d="M60 100 H1190" stroke="#1d2d3a" stroke-width="2" opacity="0.5"/>`;
}

function fields(doc: SpecimenDocument, x: number): string {
  const { person } = doc;
  const second = x + 400;
  return [
    field(x, 150, '1. Surname', person.familyName.toUpperCase()),
    field(x, 232, '2. Given names', person.givenNames.toUpperCase()),
    field(x, 314, '3. Date of birth', printedDate(person.dateOfBirth)),
    field(second, 314, 'Sex', person.sex),
    field(x, 396, 'Place of birth', person.placeOfBirth.toUpperCase()),
    field(second, 396, 'Nationality', doc.country),
    field(x, 478, '4a. Date of issue', printedDate(doc.issued)),
    field(second, 478, '4b. Date of expiry', printedDate(doc.expires)),
    field(x, 560, '5. Document number', doc.documentNumber),
    field(second, 560, '4c. Authority', doc.authority),
  ].join('');
}

/** The data page of a passport or travel document. */
function passportPage(doc: SpecimenDocument): string {
  const { width, height } = PASSPORT_SIZE;
  const content = `${heading(doc)}${photo(doc, 60, 136, 1.12)}${fields(doc, 440)}<g opacity="0.22">${photo(doc, 1080, 130, 0.34)}</g>${zone(doc, width, height, 40)}`;
  return frame(`${doc.country}${doc.documentType}`, PASSPORT_SIZE, content);
}

function cardFront(doc: SpecimenDocument): string {
  const address = doc.person.address;
  const line =
    doc.documentType === 'DRIVING_LICENCE'
      ? field(
          60,
          684,
          '8. Address',
          `${address.building_number} ${address.street}, ${address.town_city} ${address.postal_code}`,
        )
      : text(60, 708, 'This document is a specimen and has no legal value.', 24, 'fill="#54626c"');
  const content = `${heading(doc)}${photo(doc, 60, 136, 1.12)}${fields(doc, 440)}${line}`;
  return frame(`${doc.country}${doc.documentType}`, CARD_SIZE, content);
}

/** Bars that look like a barcode; they encode nothing. */
function bars(seed: string): string {
  const next = sequence(seed);
  return Array.from({ length: 84 }, (_, index) => {
    const thick = 3 + next(`bar${index}`, 8);
    return `<rect x="${120 + index * 12}" y="150" width="${thick}" height="120" fill="#14191d"/>`;
  }).join('');
}

function cardBack(doc: SpecimenDocument): string {
  const { width, height } = CARD_SIZE;
  const note = `${text(120, 340, `${titleOf(doc.documentType)} · ${doc.countryName}`, 28, 'fill="#1d2d3a"')}${text(120, 388, `Issued by ${doc.authority}. Specimen without legal value.`, 24, 'fill="#54626c"')}`;
  const content = `<rect y="46" width="${width}" height="64" fill="#2a3238" opacity="0.85"/>${bars(doc.documentNumber)}${note}${doc.mrz.length ? zone(doc, width, height, 48) : ''}`;
  return frame(`${doc.country}${doc.documentType}`, CARD_SIZE, content);
}

/** One page of a document, with its size in the units of the drawing. */
export function drawPage(doc: SpecimenDocument, page: number) {
  if (doc.mrz.length === 2) return { ...PASSPORT_SIZE, svg: passportPage(doc) };
  return { ...CARD_SIZE, svg: page === 0 ? cardFront(doc) : cardBack(doc) };
}

/** A proof of address: a letter on white paper. */
export function drawLetter(doc: SpecimenDocument, formattedAddress: string) {
  const name = `${doc.person.givenNames} ${doc.person.familyName}`;
  const address = formattedAddress
    .split('\n')
    .map((line, index) => text(90, 300 + index * 38, line, 26, 'fill="#14191d"'));
  const rows = Array.from({ length: 6 }, (_, index) => {
    const y = 640 + index * 54;
    return `<path d="M90 ${y} H910" stroke="#c8d0d6"/>${text(90, y + 36, `Charge ${index + 1}`, 22, 'fill="#54626c"')}${text(910, y + 36, `${12 + index * 7}.40`, 22, 'fill="#14191d" text-anchor="end"')}`;
  });
  const svg = `<rect width="1000" height="1300" fill="#ffffff"/><rect width="1000" height="120" fill="#31556f"/>${text(90, 76, `SPECIMEN ${titleOf(doc.documentType)}`, 36, 'fill="#ffffff" font-weight="bold"')}${text(90, 262, name, 26, 'fill="#14191d" font-weight="bold"')}${address.join('')}${text(90, 580, `Statement date ${printedDate(doc.issued)}`, 24, 'fill="#14191d"')}${rows.join('')}${watermark(1000, 1300)}`;
  return { width: 1000, height: 1300, svg };
}
