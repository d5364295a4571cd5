import type { KeyObject } from 'node:crypto';
import yoti from 'yoti';

/** One call of Yoti's API: the path after the API base, ids already checked. */
export interface YotiCall {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  query?: Readonly<Record<string, string>>;
  /** Anything JSON can express, such as what the SDK's builders make. */
  body?: object;
  /** False for the one endpoint that takes no `sdkId` (supported documents). */
  withSdkId: boolean;
}

/** An API base such as `https://api.yoti.com/idverify/v1`, without a trailing slash. */
export interface ApiBase {
  origin: string;
  path: string;
}

/** A signed request, ready to be sent exactly once: nonce and time are part of the signature. */
export interface SignedRequest {
  path: string;
  headers: Record<string, string>;
  body: Buffer | null;
}

/** A JSON payload turned into bytes once, where the SDK's own does so for the signature and again for sending. */
class BytesPayload extends yoti.Payload {
  constructor(private readonly bytes: Buffer) {
    super(null);
  }

  override getPayloadData(): Buffer {
    return this.bytes;
  }
}

/**
 * Signs a call with the SDK's `RequestBuilder` (Yoti: request signing). The path that is returned is
 * what follows the origin.
 */
export function signRequest(
  base: ApiBase,
  credential: { sdkId: string; privateKey: KeyObject },
  call: YotiCall,
): SignedRequest {
  const builder = new yoti.RequestBuilder()
    .withBaseUrl(base.origin + base.path)
    .withEndpoint(call.path)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it goes to crypto's sign(), which takes both; a parsed key saves three quarters of the cost of signing
    .withPemString(credential.privateKey as unknown as string)
    .withMethod(call.method);
  for (const [name, value] of Object.entries(call.query ?? {})) builder.withQueryParam(name, value);
  if (call.withSdkId) builder.withQueryParam('sdkId', credential.sdkId);
  const body = call.body === undefined ? null : Buffer.from(JSON.stringify(call.body));
  if (body !== null) builder.withPayload(new BytesPayload(body));
  const request = builder.build();
  return { path: request.getUrl().slice(base.origin.length), headers: request.getHeaders(), body };
}
