import { afterAll, afterEach, beforeAll, beforeEach, jest } from '@jest/globals';
import yoti from 'yoti';
import type { Simulator, SimulatorOptions } from '../../src/simulator/simulator.js';
import type { Any } from './client.js';
import { simulatedYoti, type YotiApp } from './simulated-yoti.js';
import { specification } from './yoti-contract.js';

/** A specification that asks for a notification when the session completes, with the token `n_secret`. */
export const notified = (endpoint: string, trackingId = 'applicant-1') =>
  specification((builder) =>
    builder
      .withUserTrackingId(trackingId)
      .withNotifications(
        new yoti.NotificationConfigBuilder()
          .withEndpoint(endpoint)
          .withAuthToken('n_secret')
          .forSessionCompletion()
          .build(),
      ),
  );

/** The places that a refusal names. */
export const properties = ({ body }: { body: Any }): string[] =>
  body.errors.map(({ property }: Any) => property);

/** A fresh simulator with one application for each test, and its control API. */
export function controlApi(options: SimulatorOptions = {}) {
  let simulator: Simulator;
  let app: YotiApp;
  beforeAll(() => {
    // The SDK prints every failed call.
    jest.spyOn(console, 'log').mockImplementation(() => undefined);
  });
  afterAll(() => {
    jest.restoreAllMocks();
  });
  beforeEach(async () => {
    ({ simulator, app } = await simulatedYoti(options));
  });
  afterEach(() => simulator.close());

  async function control(method: string, path: string, body?: unknown) {
    const response = await fetch(`${simulator.origin}/control${path}`, {
      method,
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const { status, headers } = response;
    return { status, headers, text, body: text ? JSON.parse(text) : null };
  }

  return {
    simulator: () => simulator,
    app: () => app,
    /** Stops the simulator and starts another. */
    restart: async (changed: SimulatorOptions) => {
      await simulator.close();
      ({ simulator, app } = await simulatedYoti({ ...options, ...changed }));
    },
    control,
    items: async (path: string): Promise<Any[]> => (await control('GET', path)).body.items,
    create: async (spec = specification()) => {
      const created = await app.client.createSession(spec);
      return { id: created.getSessionId(), token: created.getClientSessionToken() };
    },
  };
}
