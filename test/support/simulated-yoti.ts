import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import yoti from 'yoti';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/simulator.js';

/** An application registered with a simulator, and the unmodified SDK's client for it. */
export interface YotiApp {
  sdkId: string;
  pem: string;
  publicKeyPem: string;
  client: InstanceType<typeof yoti.IDVClient>;
}

/** Registers a new application with fresh keys. */
export function registerApp(simulator: Simulator): YotiApp {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const sdkId = randomUUID();
  simulator.registerApp({ sdkId, publicKeyPem });
  return { sdkId, pem, publicKeyPem, client: new yoti.IDVClient(sdkId, pem, { apiUrl: simulator.baseUrl }) };
}

/** A simulator with one application. Its clock stands still: only `advanceClock` lets things happen. */
export async function simulatedYoti(options: SimulatorOptions = {}) {
  const start = Date.now();
  const simulator = await startSimulator({ now: () => start, ...options });
  return { simulator, app: registerApp(simulator) };
}

/** A signed call to a path the SDK has no method for. */
export function signedCall(
  simulator: Simulator,
  app: YotiApp,
  method: string,
  endpoint: string,
  body?: object,
  withSdkId = true,
) {
  const builder = new yoti.RequestBuilder()
    .withBaseUrl(simulator.baseUrl)
    .withPemString(app.pem)
    .withEndpoint(endpoint)
    .withMethod(method);
  if (withSdkId) builder.withQueryParam('sdkId', app.sdkId);
  if (body) builder.withPayload(new yoti.Payload(body));
  return builder.build().execute();
}

/** Finishes a session without a browser, as the sandbox's agent does. */
export function finishAsAgent(
  simulator: Simulator,
  app: YotiApp,
  session: { id: string; token: string },
  resources: object = {},
) {
  const body = { session_id: session.id, client_session_token: session.token, resources };
  return signedCall(simulator, app, 'POST', '/agent', body);
}

/** A request a receiver got. */
export interface Received {
  headers: IncomingHttpHeaders;
  body: Record<string, unknown>;
}

/** A receiver of notifications that answers with the status given by `answer`. */
export async function notificationReceiver(answer: (count: number) => number = () => 200) {
  const received: Received[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
      received.push({ headers: request.headers, body });
      response.writeHead(answer(received.length)).end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    received,
    endpoint: `http://127.0.0.1:${port}/hook`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
