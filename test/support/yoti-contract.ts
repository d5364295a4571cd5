import { afterAll, beforeAll, jest } from '@jest/globals';
import yoti from 'yoti';
import type { Simulator } from '../../src/simulator/simulator.js';
import { finishAsAgent, simulatedYoti, type YotiApp } from './simulated-yoti.js';

export type SpecificationBuilder = InstanceType<typeof yoti.SessionSpecificationBuilder>;
export type Specification = ReturnType<SpecificationBuilder['build']>;

/** Document, liveness, face match and text extraction, changed as the test needs. */
export function specification(
  change: (builder: SpecificationBuilder) => unknown = () => undefined,
): Specification {
  const builder = new yoti.SessionSpecificationBuilder()
    .withClientSessionTokenTtl(900)
    .withUserTrackingId('applicant-7f31c2')
    .withRequestedCheck(
      new yoti.RequestedDocumentAuthenticityCheckBuilder().withManualCheckFallback().build(),
    )
    .withRequestedCheck(new yoti.RequestedLivenessCheckBuilder().forZoomLiveness().withMaxRetries(3).build())
    .withRequestedCheck(new yoti.RequestedFaceMatchCheckBuilder().withManualCheckFallback().build())
    .withRequestedTask(new yoti.RequestedTextExtractionTaskBuilder().withManualCheckFallback().build());
  change(builder);
  return builder.build();
}

/** Why the SDK rejected a call. */
export interface Refusal {
  status: number | null;
  code: unknown;
  properties: unknown[];
}

/** The refusal of a call; fails when the call succeeds. */
export async function refusal(call: Promise<unknown>): Promise<Refusal> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason as InstanceType<typeof yoti.internals.IDVError>,
  );
  if (!error) throw new Error('The call was not refused');
  const body = (error.getResponseBody() ?? {}) as { code?: string; errors?: { property: string }[] };
  return {
    status: error.getResponseStatusCode(),
    code: body.code,
    properties: (body.errors ?? []).map(({ property }) => property),
  };
}

/** One simulator with one application for a test file, and the usual steps of a session. */
export function yotiContract() {
  let simulator: Simulator;
  let app: YotiApp;
  beforeAll(async () => {
    // The SDK prints every failed call.
    jest.spyOn(console, 'log').mockImplementation(() => undefined);
    ({ simulator, app } = await simulatedYoti());
  });
  afterAll(async () => {
    await simulator.close();
    jest.restoreAllMocks();
  });
  const create = async (spec: Specification = specification(), by: YotiApp = app) => {
    const created = await by.client.createSession(spec);
    return { id: created.getSessionId(), token: created.getClientSessionToken(), created };
  };
  return {
    simulator: () => simulator,
    app: () => app,
    create,
    /** Finishes a new session without a browser and lets its checks end; under a scenario where one is named. */
    complete: async (options: { spec?: Specification; resources?: object; scenario?: string } = {}) => {
      const session = await create(options.spec);
      if (options.scenario !== undefined) simulator.setScenario(options.scenario, session.id);
      await finishAsAgent(simulator, app, session, options.resources);
      await simulator.advanceClock(5);
      return { ...session, result: await app.client.getSession(session.id) };
    },
  };
}
