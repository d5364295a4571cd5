import { VisitError, type Api, type Panel } from './api.js';
import { button, h } from './dom.js';

/** Codes that the web client documents, and what each says. */
export const ERROR_TEXTS: Record<number, string> = {
  1000: 'You cancelled the identity check.',
  2000: 'This session is not valid any more.',
  2001: 'This session could not be found.',
  2002: 'This session has expired.',
  2003: 'The page was opened without a session token.',
  2004: 'The page was opened without a session.',
  3000: 'The service is unavailable right now.',
  3002: 'There is no network connection.',
  4000: 'The camera was not allowed.',
  4001: 'The document could not be accepted.',
  5000: 'This device has no camera.',
  5001: 'This browser is not supported.',
  5002: 'There are no selfie attempts left.',
  5004: 'Something went wrong.',
  5006: 'The selfie check failed technically.',
  5007: 'Use Safari on this device.',
  5008: 'This configuration is not supported.',
  5010: 'The camera could not be used.',
  5011: 'The resolution of the camera is too low.',
  7000: "You don't have the documents that are needed.",
};

/** How the panel may end a visit: everything submitted, left open, or an error. */
export type Interruption = 'finished' | 'abandoned';

/** The developer's panel below the page. Resolves or rejects when it ends the visit. */
export function showPanel(api: Api, panel: Panel): Promise<Interruption> {
  return new Promise((resolve, reject) => {
    const description = h('p', { class: 'hint', id: 'scenario-description' });
    const describe = (name: string) => {
      description.textContent = panel.scenarios.find((one) => one.name === name)?.description ?? '';
    };
    const scenario = h(
      'select',
      {
        id: 'scenario',
        'aria-describedby': 'scenario-description',
        change: () => {
          describe(scenario.value);
          api.setScenario(scenario.value).catch(reject);
        },
      },
      ...panel.scenarios.map(({ name, title }) =>
        h('option', { value: name, selected: name === panel.scenario }, title),
      ),
    );
    const code = h(
      'select',
      { id: 'error-code' },
      ...Object.entries(ERROR_TEXTS).map(([value, text]) => h('option', { value }, `${value} · ${text}`)),
    );
    const complete = () =>
      api
        .complete()
        .then(({ end }) =>
          typeof end === 'number'
            ? reject(new VisitError(end))
            : resolve(end === 'abandoned' ? 'abandoned' : 'finished'),
        )
        .catch(reject);
    describe(panel.scenario);
    document.querySelector('aside')?.replaceChildren(
      h(
        'details',
        {},
        h('summary', {}, 'Simulator'),
        h('label', { for: 'scenario' }, 'Scenario'),
        scenario,
        description,
        button('Complete with specimens', 'simulator', () => void complete(), 'specimen'),
        h('label', { for: 'error-code' }, 'Error code'),
        code,
        button('End with this error', 'secondary', () => reject(new VisitError(Number(code.value)))),
        button('Leave without finishing', 'secondary', () => resolve('abandoned')),
      ),
    );
  });
}
