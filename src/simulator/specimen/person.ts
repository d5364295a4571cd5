import { createHash } from 'node:crypto';

/** A made-up person; the same seed always gives the same one. */
export interface Person {
  familyName: string;
  givenNames: string;
  sex: 'F' | 'M';
  /** `yyyy-mm-dd` */
  dateOfBirth: string;
  placeOfBirth: string;
  address: { building_number: string; street: string; town_city: string; postal_code: string };
}

const FEMALE = (
  'Amelia Rose,Isla May,Zoë Margaret,Freya Louise,Nadia Jane,Elodie Anne,Ingrid Sofia,Maren Helene,' +
  'Beatriz Luz,Anouk Marie,Priya Asha,Leonie Clara,Saoirse Nora,Wanda Iris,Tamsin Joy,Yara Celeste'
).split(',');
const MALE = (
  'Oscar James,Felix Adam,Jonas Peter,Mateo Luis,Callum Roy,Henrik Olav,Tobias Karl,Emil Anders,' +
  'Ravi Kumar,Lucien Paul,Rory Patrick,Hugo Martin,Söner Levent,Idris Owen,Marek Jan,Dario Enzo'
).split(',');
/** Every family name that a specimen may have. */
export const FAMILY_NAMES = (
  'Hartwell,Brönte,Applecross,Fennimore,Quillfeather,Osterholm,Lindqvar,Merriwick,Thistledown,Vandermoor,' +
  'Castelbrook,Núñarez,Okonedu,Pemberlaine,Ravenshoe,Sandringoe,Tallowby,Underbrook,Wexcombe,Yarrowdale'
).split(',');
const PLACES = 'Norwich,Kirkby Sands,Port Ellery,Lowmere,Grünfeld,Saltmarsh,Brackenford,Westhollow'.split(
  ',',
);
const STREETS = 'Orchard Lane,Mill Road,Harbour Street,Foxglove Close,Station Parade,Linden Avenue'.split(
  ',',
);

/** Reads numbers from a hash of the seed: deterministic, and independent of how many were read before. */
export function sequence(seed: string): (label: string, below: number) => number {
  return (label, below) => createHash('sha256').update(`${seed}/${label}`).digest().readUInt32BE(0) % below;
}

const pick = (list: string[], index: number) => list[index % list.length] ?? '';
const two = (value: number) => String(value).padStart(2, '0');

/** The person behind a seed, an adult at the given year. */
export function personOf(seed: string, year: number): Person {
  const next = sequence(seed);
  const sex = next('sex', 2) === 0 ? 'F' : 'M';
  return {
    familyName: pick(FAMILY_NAMES, next('family', 1000)),
    givenNames: pick(sex === 'F' ? FEMALE : MALE, next('given', 1000)),
    sex,
    dateOfBirth: `${year - 19 - next('age', 50)}-${two(1 + next('month', 12))}-${two(1 + next('day', 28))}`,
    placeOfBirth: pick(PLACES, next('place', 1000)),
    address: {
      building_number: String(1 + next('building', 180)),
      street: pick(STREETS, next('street', 1000)),
      town_city: pick(PLACES, next('town', 1000)),
      // ZZ is no postcode area, so no address can be somebody's.
      postal_code: `ZZ${1 + next('postcode', 9)} ${1 + next('sector', 9)}ZZ`,
    },
  };
}
