import { VisitError, type Api, type Ends, type Requirement } from './api.js';
import { hasCamera, NoCamera, takePhotos, toUpload } from './camera.js';
import { ask, button, h, icon, show, showBusy } from './dom.js';

function introduce(zoom: boolean, alert: string): Promise<'camera' | 'specimen'> {
  return ask((choose) => {
    show(
      'Take a selfie',
      h('div', { class: 'illustration' }, icon('face')),
      h(
        'p',
        { class: 'hint' },
        zoom
          ? 'Look straight ahead and move closer when the frame grows.'
          : 'Look straight ahead, in even light, without hat or sunglasses.',
      ),
      alert !== '' && h('p', { class: 'alert', role: 'alert' }, alert),
      h(
        'div',
        { class: 'actions' },
        hasCamera() && button('Open camera', 'primary', () => choose('camera'), 'camera'),
        button('Use a specimen face', 'simulator', () => choose('specimen'), 'specimen'),
      ),
    );
  });
}

async function captureFace(zoom: boolean): Promise<string[]> {
  let alert = '';
  for (;;) {
    if ((await introduce(zoom, alert)) === 'specimen') return [];
    try {
      return await takePhotos({
        title: 'Fit your face into the oval',
        hint: 'Hold the camera at eye level.',
        shutter: 'Take selfie',
        facing: 'user',
        count: zoom ? 3 : 1,
      });
    } catch (error) {
      if (!(error instanceof NoCamera)) throw error;
      alert = error.message;
    }
  }
}

/**
 * Runs attempts until one is approved; ends the visit with 5002 when they run out.
 *
 * @returns how the scenario ends the visit there, if it does
 */
export async function proveLiveness(api: Api, requirement: Requirement): Promise<Ends> {
  for (;;) {
    const photos = await captureFace(requirement.liveness_type === 'ZOOM');
    showBusy('Checking your selfie');
    const { approved, remaining, ends } = await api.submitLiveness(photos.map(toUpload));
    if (approved || ends !== null) return ends;
    if (remaining === 0) throw new VisitError(5002);
    await ask<void>((choose) => {
      show(
        "That didn't work",
        h('div', { class: 'illustration warn' }, icon('warning')),
        h(
          'p',
          { class: 'hint' },
          `Face the light and try again. ${remaining} ${remaining === 1 ? 'attempt' : 'attempts'} left.`,
        ),
        h(
          'div',
          { class: 'actions' },
          button('Try again', 'primary', () => choose()),
        ),
      );
    });
  }
}
