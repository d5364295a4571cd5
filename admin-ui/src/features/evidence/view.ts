/** How a picture is looked at. Offsets are in pixels of the viewer. */
export interface View {
  zoom: number;
  x: number;
  y: number;
  /** Degrees, a multiple of 90. */
  rotation: number;
  brightness: number;
}

export const initialView: View = { zoom: 1, x: 0, y: 0, rotation: 0, brightness: 1 };

const MIN_ZOOM = 1;
const MAX_ZOOM = 8;
const BRIGHTNESS = { min: 0.5, max: 2, step: 0.25 };

export type ViewAction =
  | {
      type: 'zoom';
      by: number;
      /** Point that stays put, from the viewer's middle. */ at?: { x: number; y: number };
    }
  | { type: 'pan'; x: number; y: number }
  | { type: 'rotate' }
  | { type: 'brightness'; direction: 1 | -1 }
  | { type: 'reset' };

export function changeView(view: View, action: ViewAction): View {
  switch (action.type) {
    case 'zoom':
      return zoom(view, action.by, action.at ?? { x: 0, y: 0 });
    case 'pan':
      return view.zoom === MIN_ZOOM ? view : { ...view, x: view.x + action.x, y: view.y + action.y };
    case 'rotate':
      return { ...view, rotation: (view.rotation + 90) % 360, x: 0, y: 0 };
    case 'brightness':
      return { ...view, brightness: clamp(view.brightness + action.direction * BRIGHTNESS.step, BRIGHTNESS) };
    case 'reset':
      return initialView;
  }
}

function zoom(view: View, by: number, at: { x: number; y: number }): View {
  const next = clamp(view.zoom * by, { min: MIN_ZOOM, max: MAX_ZOOM });
  // Without zoom there is nothing to look around in: the picture goes back to its place.
  if (next === MIN_ZOOM) return { ...view, zoom: next, x: 0, y: 0 };
  const ratio = next / view.zoom;
  return { ...view, zoom: next, x: at.x - (at.x - view.x) * ratio, y: at.y - (at.y - view.y) * ratio };
}

const clamp = (value: number, { min, max }: { min: number; max: number }) =>
  Math.min(max, Math.max(min, value));
