import type {
  ClockAnswer,
  ControlApp,
  ControlNotification,
  ControlRequest,
  Faults,
  Knobs,
  ScenarioList,
  SessionDetail,
  SessionSummary,
} from '../schemas.js';

/** Which view the address names, and what it is about. */
export interface Route {
  view: string;
  id?: string;
  query: URLSearchParams;
}

/** What the page shows; each part is as the control API answered last. */
export interface State {
  clock?: ClockAnswer;
  apps: ControlApp[];
  scenarios: ScenarioList;
  sessions: SessionSummary[];
  /** The session in view; null when there is none of this id. */
  session?: SessionDetail | null;
  notifications: ControlNotification[];
  requests: ControlRequest[];
  faults: Faults;
  knobs: Knobs;
  /** What was wrong with the last try of a form, by form. */
  problems: Record<string, { property: string; message: string }[]>;
}

/** `#/sessions/{id}?…` */
export function routeOf(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [view, id] = path.split('/');
  return {
    view: view || 'sessions',
    ...(id && { id: decodeURIComponent(id) }),
    query: new URLSearchParams(query),
  };
}
