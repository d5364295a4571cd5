import { sequence } from './person.js';

const SKIN = ['#f3d3bd', '#e8b994', '#d29c72', '#b07a51', '#8a5a3a', '#6a432c'];
const HAIR = ['#2a211d', '#4b3426', '#7a5536', '#b98a4e', '#8f8a86', '#612b1c'];
const SHIRT = ['#31556f', '#6b4c6e', '#3f6b57', '#8a4a3b', '#4a4f63', '#87713a'];
const EYES = ['#4a6f8a', '#5b4632', '#4f6b4a', '#6b6f76'];

/** How a drawn face looks; every choice follows from the seed. */
interface Look {
  skin: string;
  hair: string;
  shirt: string;
  eyes: string;
  width: number;
  brow: number;
  mouth: number;
  nose: number;
  long: boolean;
  glasses: boolean;
  beard: boolean;
}

function lookOf(seed: string, sex: 'F' | 'M'): Look {
  const next = sequence(`${seed}/face`);
  const pick = (list: string[], label: string) => list[next(label, list.length)] ?? '#888888';
  return {
    skin: pick(SKIN, 'skin'),
    hair: pick(HAIR, 'hair'),
    shirt: pick(SHIRT, 'shirt'),
    eyes: pick(EYES, 'eyes'),
    width: 74 + next('width', 14),
    brow: next('brow', 7) - 3,
    mouth: 18 + next('mouth', 10),
    nose: 10 + next('nose', 8),
    long: sex === 'F' ? next('length', 4) > 0 : next('length', 8) === 0,
    glasses: next('glasses', 4) === 0,
    beard: sex === 'M' && next('beard', 3) === 0,
  };
}

function hair({ hair: colour, width, long }: Look): { back: string; front: string } {
  const left = 150 - width;
  const right = 150 + width;
  const back = long
    ? `<path d="M${left - 14} 170 Q${left - 22} 60 150 52 Q${right + 22} 60 ${right + 14} 170 L${right + 10} 312 Q150 336 ${left - 10} 312 Z" fill="${colour}"/>`
    : '';
  const front = `<path d="M${left - 6} 172 Q${left - 12} 62 150 58 Q${right + 12} 62 ${right + 6} 172 Q${right - 2} 128 ${right - 22} 112 Q150 124 ${left + 26} 106 Q${left + 4} 126 ${left - 6} 172 Z" fill="${colour}"/>`;
  return { back, front };
}

function eye(x: number, look: Look): string {
  return `<ellipse cx="${x}" cy="178" rx="15" ry="8.5" fill="#fdfbf8"/><circle cx="${x}" cy="178" r="7.4" fill="${look.eyes}"/><circle cx="${x}" cy="178" r="3.4" fill="#15110f"/><circle cx="${x + 2.4}" cy="175.4" r="1.7" fill="#ffffff"/><path d="M${x - 17} 176 Q${x} 163 ${x + 17} 176" fill="none" stroke="#2b201b" stroke-width="3"/><path d="M${x - 19} ${157 + look.brow} Q${x} ${147 - look.brow} ${x + 19} ${157 - look.brow}" fill="none" stroke="${look.hair}" stroke-width="6" stroke-linecap="round"/>`;
}

function features(look: Look): string {
  const shade = 'rgba(60,25,10,0.32)';
  const glasses = look.glasses
    ? '<g fill="rgba(255,255,255,0.14)" stroke="#26262b" stroke-width="4"><rect x="94" y="160" width="48" height="36" rx="15"/><rect x="158" y="160" width="48" height="36" rx="15"/><path d="M142 174 Q150 169 158 174" fill="none"/></g>'
    : '';
  const beard = look.beard
    ? `<path d="M${152 - look.width} 205 Q${158 - look.width} 292 150 298 Q${142 + look.width} 292 ${148 + look.width} 205 Q${140 + look.width} 246 184 236 Q150 222 116 236 Q${160 - look.width} 246 ${152 - look.width} 205 Z" fill="${look.hair}" opacity="0.86"/>`
    : '';
  return `${beard}${eye(118, look)}${eye(182, look)}<path d="M150 182 Q${150 - look.nose} 216 ${146 - look.nose / 2} 222 Q150 229 ${154 + look.nose / 2} 222" fill="none" stroke="${shade}" stroke-width="4" stroke-linecap="round"/><path d="M${150 - look.mouth} 252 Q150 ${258 + look.mouth / 3} ${150 + look.mouth} 252 Q150 246 ${150 - look.mouth} 252 Z" fill="#a4524c"/>${glasses}`;
}

/** Head and shoulders on a 300 × 380 canvas, without a background. */
export function drawFace(seed: string, sex: 'F' | 'M'): string {
  const look = lookOf(seed, sex);
  const { back, front } = hair(look);
  const left = 150 - look.width;
  const right = 150 + look.width;
  return `${back}<path d="M20 380 Q30 318 112 304 L188 304 Q270 318 280 380 L280 700 L20 700 Z" fill="${look.shirt}"/><path d="M116 262 L116 312 Q150 338 184 312 L184 262 Z" fill="${look.skin}"/><path d="M116 276 Q150 312 184 276 L184 290 Q150 322 116 290 Z" fill="rgba(50,20,8,0.18)"/><ellipse cx="${left}" cy="188" rx="11" ry="20" fill="${look.skin}"/><ellipse cx="${right}" cy="188" rx="11" ry="20" fill="${look.skin}"/><path d="M${left} 160 Q${left + 2} 72 150 70 Q${right - 2} 72 ${right} 160 Q${right + 2} 236 186 276 Q150 306 114 276 Q${left - 2} 236 ${left} 160 Z" fill="${look.skin}"/><ellipse cx="${left + 24}" cy="220" rx="17" ry="11" fill="rgba(200,80,60,0.14)"/><ellipse cx="${right - 24}" cy="220" rx="17" ry="11" fill="rgba(200,80,60,0.14)"/>${features(look)}${front}`;
}

/** The portrait of a document, 300 × 380. */
export const portraitSvg = (seed: string, sex: 'F' | 'M') =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="600" height="760" viewBox="0 0 300 380"><rect width="300" height="380" fill="#dfe5ea"/>${drawFace(seed, sex)}</svg>`;

/** A selfie in a room; each frame comes a little closer, as in a ZOOM capture. */
export function selfieSvg(seed: string, sex: 'F' | 'M', frame: number): string {
  const scale = 1.62 + frame * 0.3;
  const place = `translate(${360 - 150 * scale} ${560 - 200 * scale}) scale(${scale})`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="720" height="960" viewBox="0 0 720 960"><defs><linearGradient id="wall" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#d9d2c7"/><stop offset="1" stop-color="#a99f92"/></linearGradient><radialGradient id="light" cx="0.3" cy="0.25" r="0.9"><stop offset="0" stop-color="#ffffff" stop-opacity="0.4"/><stop offset="1" stop-color="#3a2f28" stop-opacity="0.18"/></radialGradient></defs><rect width="720" height="960" fill="url(#wall)"/><rect x="470" y="90" width="200" height="260" rx="6" fill="#8d9aa3" opacity="0.55"/><rect x="484" y="104" width="172" height="232" fill="#c7d2d8" opacity="0.6"/><rect x="0" y="720" width="720" height="240" fill="#86796c" opacity="0.55"/><g transform="${place}">${drawFace(seed, sex)}</g><rect width="720" height="960" fill="url(#light)"/><text x="360" y="936" font-family="DejaVu Sans" font-size="22" letter-spacing="6" text-anchor="middle" fill="#ffffff" opacity="0.75">SPECIMEN FACE</text></svg>`;
}
