/** A JSON object of the API. */
export interface Body {
  [key: string]: unknown;
}

/** A small caller of our own API, for filling the demo. */
export class DemoApi {
  constructor(
    private readonly baseUrl: string,
    private readonly headers: Record<string, string> = {},
  ) {}

  withKey(apiKey: string): DemoApi {
    return new DemoApi(this.baseUrl, { authorization: `Bearer ${apiKey}` });
  }

  inTenant(id: string): DemoApi {
    return new DemoApi(this.baseUrl, { ...this.headers, 'countersign-tenant': id });
  }

  async logIn(email: string, password: string): Promise<DemoApi> {
    const response = await this.send('POST', '/v1/auth/login', { email, password });
    const cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    return new DemoApi(this.baseUrl, { cookie });
  }

  async post(path: string, body: unknown = {}): Promise<Body> {
    return (await (await this.send('POST', path, body)).json()) as Body;
  }

  async patch(path: string, body: unknown): Promise<Body> {
    return (await (await this.send('PATCH', path, body)).json()) as Body;
  }

  /** Ignores a refusal. */
  async tryPost(path: string, body: unknown): Promise<void> {
    await this.send('POST', path, body).catch(() => undefined);
  }

  /** Asks until there is something. @throws after ten seconds */
  async untilPresent<T>(ask: () => Promise<T | null>): Promise<T> {
    for (let i = 0; i < 100; i += 1) {
      const value = await ask();
      if (value !== null) return value;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('The demo data did not come to be in time.');
  }

  private async send(method: string, path: string, body: unknown): Promise<Response> {
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...this.headers },
      body: JSON.stringify(body),
    });
    if (!response.ok)
      throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return response;
  }
}
