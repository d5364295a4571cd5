import { VisitError } from './api.js';
import { button, h, show } from './dom.js';

/** What the person chose to do instead of using the camera. */
export class NoCamera extends Error {}

export const hasCamera = () => navigator.mediaDevices?.getUserMedia !== undefined;

async function openCamera(facing: 'user' | 'environment'): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: facing, width: { ideal: 1920 }, height: { ideal: 1080 } },
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotAllowedError') throw new VisitError(4000);
    throw new NoCamera('No camera was found on this device.');
  }
}

function grab(video: HTMLVideoElement): string {
  const canvas = h('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  return canvas.toDataURL('image/jpeg', 0.9);
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** How a photo is taken. */
export interface Shot {
  title: string;
  hint: string;
  shutter: string;
  facing: 'user' | 'environment';
  /** Photos in a row; more than one asks the person to move closer. */
  count: number;
}

/**
 * Shows the camera and resolves with JPEG data URIs when the person presses the shutter.
 * Rejects with `VisitError` 4000 when the camera is refused, `NoCamera` when there is none or the person goes back.
 */
export async function takePhotos({ title, hint, shutter, facing, count }: Shot): Promise<string[]> {
  const stream = await openCamera(facing);
  const video = h('video', { autoplay: true, playsinline: true, muted: true });
  video.muted = true;
  video.srcObject = stream;
  try {
    await new Promise<void>((resolve, reject) => {
      const press = button(shutter, 'primary', resolve, 'camera');
      // Before the first frame there's nothing to take.
      press.disabled = true;
      video.addEventListener('loadeddata', () => (press.disabled = false));
      show(
        title,
        h('p', { class: 'hint' }, hint),
        h('div', { class: `viewfinder ${facing === 'user' ? 'oval' : 'card'}` }, video),
        h(
          'div',
          { class: 'actions' },
          press,
          button('Back', 'link', () => reject(new NoCamera(''))),
        ),
      );
    });
    const photos: string[] = [];
    for (let index = 0; index < count; index += 1) {
      if (index > 0) {
        video.classList.add('closer');
        await pause(600);
      }
      photos.push(grab(video));
    }
    return photos;
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
}

/** Lets the person choose an image file; rejects with `NoCamera` when they change their mind. */
export function pickFile(): Promise<string> {
  return new Promise((resolve, reject) => {
    const input = h('input', { type: 'file', accept: 'image/jpeg,image/png' });
    input.addEventListener('cancel', () => reject(new NoCamera('')));
    input.addEventListener('change', () => {
      const [file] = input.files ?? [];
      if (!file) return;
      const reader = new FileReader();
      reader.addEventListener('load', () => resolve(typeof reader.result === 'string' ? reader.result : ''));
      reader.addEventListener('error', () => reject(new NoCamera('The file could not be read.')));
      reader.readAsDataURL(file);
    });
    input.click();
  });
}

/** What the service takes: the base64 part of a data URI. */
export const toUpload = (dataUri: string) => ({ data: dataUri.slice(dataUri.indexOf(',') + 1) });
