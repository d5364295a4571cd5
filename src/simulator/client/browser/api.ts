/** Ends the visit with one of the client's documented error codes. */
export class VisitError extends Error {
  constructor(readonly code: number) {
    super(`Error ${code}`);
  }
}

export interface Requirement {
  type: string;
  id: string;
  state: string;
  allowed_capture_methods?: string;
  liveness_type?: string;
}

export interface Configuration {
  capture: { biometric_consent: string; required_resources: Requirement[] };
  sdk_config: {
    primary_colour?: string;
    preset_issuing_country?: string;
    success_url?: string;
    error_url?: string;
    privacy_policy_url?: string;
    allow_handoff?: boolean;
    biometric_consent_flow?: string;
    suppressed_screens?: string[];
  };
}

export interface Country {
  code: string;
  name: string;
  documents: { type: string; pages: number }[];
}

/** How the scenario ends the visit here: left without a word, an error code, or null while it goes on. */
export type Ends = 'abandoned' | number | null;

export interface Panel {
  scenario: string;
  scenarios: { name: string; title: string; description: string }[];
  countries: { requirementId: string; countries: Country[] }[];
  ends: Ends;
}

export interface DocumentStatus {
  state: 'PENDING' | 'DONE' | 'FAILED';
  recommendation: { value: string; reason?: { value: string; detail: string } };
  attemptsRemaining: number;
  accepted: boolean;
  ends: Ends;
}

/** Base of the service, found from the page's own address. */
const base = new URL('..', location.href);

function codeFor(status: number, code: string): number {
  if (status === 401) return 2000;
  if (status === 404 && code === 'SESSION_NOT_FOUND') return 2001;
  if (code === 'SESSION_EXPIRED') return 2002;
  return status === 503 ? 3000 : 5004;
}

/** The service, as the holder of one session's client token may use it. */
export class Api {
  constructor(
    readonly sessionId: string,
    private readonly token: string,
  ) {}

  configuration(): Promise<Configuration> {
    return this.json('GET', `sessions/${encodeURIComponent(this.sessionId)}/configuration`);
  }

  panel(): Promise<Panel> {
    return this.json('GET', this.path('panel'));
  }

  async setScenario(scenario: string): Promise<void> {
    await this.call('PUT', this.path('scenario'), { scenario });
  }

  async consent(): Promise<void> {
    await this.call('POST', this.path('consent'));
  }

  submitDocument(document: object): Promise<{ id: string }> {
    return this.json('POST', this.path('documents'), document);
  }

  documentStatus(id: string): Promise<DocumentStatus> {
    return this.json('GET', this.path(`documents/${id}`));
  }

  submitLiveness(images: { data: string }[]): Promise<{ approved: boolean; remaining: number; ends: Ends }> {
    return this.json('POST', this.path('liveness'), { images });
  }

  async submitShareCode(): Promise<void> {
    await this.call('POST', this.path('share-code'));
  }

  async finish(): Promise<void> {
    await this.call('POST', this.path('finish'));
  }

  /** Walks the rest of the visit with specimens. */
  complete(): Promise<{ end: string | number }> {
    return this.json('POST', this.path('complete'));
  }

  /** Tells the service how the visit ended; it may be over already, so a refusal doesn't matter. */
  async reportError(code: number): Promise<void> {
    await this.call('POST', this.path('error'), { code }).catch(() => undefined);
  }

  /** A specimen picture as an address for an image element. */
  async specimen(kind: 'document' | 'face', query: Record<string, string> = {}): Promise<string> {
    const response = await this.call('GET', `${this.path(`specimen-${kind}`)}?${new URLSearchParams(query)}`);
    return URL.createObjectURL(await response.blob());
  }

  private path(rest: string): string {
    return `client/sessions/${encodeURIComponent(this.sessionId)}/${rest}`;
  }

  private async json<T>(method: string, path: string, body?: object): Promise<T> {
    return (await this.call(method, path, body)).json() as Promise<T>;
  }

  private async call(method: string, path: string, body?: object): Promise<Response> {
    const response = await fetch(new URL(path, base), {
      method,
      // The page may leave for the error URL while its last call is on the way.
      keepalive: path.endsWith('/error'),
      headers: {
        'X-Yoti-Auth-Token': this.token,
        ...(body && { 'Content-Type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    }).catch(() => {
      throw new VisitError(3002);
    });
    if (response.ok) return response;
    const refusal = (await response.json().catch(() => ({}))) as { code?: string };
    throw new VisitError(codeFor(response.status, refusal.code ?? ''));
  }
}
