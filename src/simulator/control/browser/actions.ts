import type { Faults, JourneyEnd, Knobs } from '../schemas.js';
import { ApiError, call } from './api.js';
import { keepDraft } from './scenarios.js';
import type { State } from './state.js';

/** What an action is given: the values on its button or form, what the form holds, and the page's data. */
export interface Press {
  data: DOMStringMap;
  fields: Record<string, string>;
  form?: HTMLFormElement;
  state: State;
}

type Action = (press: Press) => Promise<string | undefined>;

const of = (id: string | undefined) => encodeURIComponent(id ?? '');

/** Only what was filled in. */
const filled = (fields: Record<string, string>, names: string[]) =>
  Object.fromEntries(names.map((name) => [name, fields[name] ?? '']).filter(([, value]) => value)) as Record<
    string,
    string
  >;

const target = ({ session, app }: DOMStringMap) => ({
  ...(session !== undefined && { sessionId: session }),
  ...(app !== undefined && { sdkId: app }),
});

const setFaults = (faults: unknown[]) => call('PUT', '/faults', { items: faults });

function faultOf(fields: Record<string, string>): unknown {
  const { endpoint, kind, calls } = fields;
  return {
    endpoint,
    kind,
    ...(calls && { calls: Number(calls) }),
    ...(kind === 'status' && { status: Number(fields['status']), ...filled(fields, ['code']) }),
    ...(kind === 'latency' && { seconds: Number(fields['seconds']) }),
  };
}

function knobsOf(fields: Record<string, string>): Knobs {
  const topics = (fields['drop'] ?? '')
    .split(',')
    .map((topic) => topic.trim())
    .filter(Boolean);
  const auth = fields['bad_auth'];
  return {
    duplicate: Number(fields['duplicate']),
    delay: Number(fields['delay']),
    reorder: fields['reorder'] === 'on',
    drop: topics.includes('*') ? true : topics,
    bad_auth: auth === 'missing' ? auth : auth === 'true',
    ...(fields['extra_topic'] && { extra_topic: fields['extra_topic'] }),
  };
}

/** The document as written. @throws ApiError when it isn't JSON */
function written(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ApiError('MALFORMED_REQUEST', 'The document is not JSON', [
      { property: 'document', message: `is not JSON: ${(error as Error).message}` },
    ]);
  }
}

const clockActions: Record<string, Action> = {
  advance: async ({ data, fields }) => {
    const seconds = Number(data['seconds'] ?? fields['seconds']);
    await call('POST', '/clock', { advance: seconds });
    return `Skipped ${seconds} s`;
  },
  freeze: async ({ data }) => {
    await call('POST', '/clock', { freeze: data['freeze'] === 'true' });
    return data['freeze'] === 'true' ? 'The clock stands still' : 'The clock runs';
  },
};

const sessionActions: Record<string, Action> = {
  filterSessions: async ({ fields }) => {
    location.hash = `#/sessions?${new URLSearchParams(filled(fields, ['text', 'state', 'app'])).toString()}`;
    return undefined;
  },
  playJourney: async ({ data }) => {
    const { end } = await call<JourneyEnd>('POST', `/sessions/${of(data['session'])}/journey`);
    return typeof end === 'number'
      ? `The person's visit ended with error ${end}`
      : `The person ${end === 'finished' ? 'is through' : 'left'}`;
  },
  setScenario: async ({ data, form }) => {
    const name = form?.querySelector('select')?.value ?? '';
    const query = new URLSearchParams(target(data)).toString();
    if (name) await call('PUT', '/scenario', { scenario: name, ...target(data) });
    else await call('DELETE', `/scenario?${query}`);
    return name ? `Scenario ${name} acts from now on` : 'The default scenario acts from now on';
  },
  resetScenario: async ({ data }) => {
    await call('DELETE', `/scenario?${new URLSearchParams(target(data)).toString()}`);
    return 'The default scenario acts from now on';
  },
  loadTemplate: async ({ state }) => {
    const name = document.querySelector<HTMLSelectElement>('#template')?.value;
    const editor = document.querySelector<HTMLTextAreaElement>('#document');
    if (editor)
      editor.value = JSON.stringify(
        state.scenarios.items.find((one) => one.name === name),
        null,
        2,
      );
    keepDraft(editor?.value ?? '');
    return undefined;
  },
  setDocument: async ({ fields }) => {
    const scenario = written(fields['document'] ?? '');
    const [kind, id] = (fields['target'] ?? '').split(/:(.*)/s);
    const whom = kind === 'session' ? { sessionId: id } : kind === 'app' ? { sdkId: id } : {};
    await call('PUT', '/scenario', { scenario, ...whom });
    return 'The scenario acts from now on';
  },
};

const appActions: Record<string, Action> = {
  registerApp: async ({ fields, form }) => {
    await call('POST', '/apps', filled(fields, ['sdkId', 'publicKeyPem']));
    form?.reset();
    return 'The app is registered';
  },
  enableApp: async ({ data }) => {
    const enabled = data['enabled'] === 'true';
    await call('PATCH', `/apps/${of(data['app'])}`, { enabled });
    return enabled ? 'The app is enabled' : 'The app is disabled';
  },
  removeApp: async ({ data }) => {
    await call('DELETE', `/apps/${of(data['app'])}`);
    return 'The app is removed';
  },
};

const faultActions: Record<string, Action> = {
  resend: async ({ data }) => {
    await call('POST', `/notifications/${of(data['id'])}/resend`);
    return 'Sent again';
  },
  addFault: async ({ fields, state }) => {
    await setFaults([...state.faults, faultOf(fields)]);
    return 'The fault acts from now on';
  },
  removeFault: async ({ data, state }) => {
    await setFaults(
      state.faults.filter((_fault: Faults[number], index: number) => index !== Number(data['index'])),
    );
    return 'The fault is gone';
  },
  clearFaults: async () => {
    await setFaults([]);
    return 'The faults are gone';
  },
  setKnobs: async ({ fields }) => {
    await call('PUT', '/notifications', knobsOf(fields));
    return 'Notifications behave like this from now on';
  },
  clearKnobs: async () => {
    await call('PUT', '/notifications', {});
    return 'Notifications behave normally';
  },
  reset: async ({ data }) => {
    await call('POST', '/reset', { keepApps: data['keep'] === 'true' });
    location.hash = '#/sessions';
    return 'Everything is forgotten';
  },
};

/** What each `data-action` of the page does; the answer is told to the person. */
export const ACTIONS: Record<string, Action> = {
  ...clockActions,
  ...sessionActions,
  ...appActions,
  ...faultActions,
};
