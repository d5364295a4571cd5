import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { format, resolveConfig } from 'prettier';
import typescript from 'typescript';
import { startTestApp, type TestApp } from './support/app.js';
import { createReadyTenant, createSession, expectStatus, type TestTenant } from './support/factories.js';

const SOURCE = 'src/embed/countersign.ts';

let app: TestApp;
let tenant: TestTenant;

beforeAll(async () => {
  app = await startTestApp();
  tenant = await createReadyTenant(app);
});

afterAll(() => app?.stop());

const change = (frameAncestors: unknown) =>
  app.operator.patch(`/v1/tenants/${tenant.id}`, { frameAncestors });

describe('the pages that may embed the hosted page', () => {
  it('are none at first, and exactly the tenant’s from then on', async () => {
    const { client } = await createSession(tenant);
    const path = new URL(client.hostedUrl).pathname;
    const before = await app.anonymous.get(path);
    expect(before.headers.get('content-security-policy')).toContain("frame-ancestors 'none';");
    expect(before.headers.get('x-frame-options')).toBe('DENY');

    const origins = ['https://shop.example', 'http://localhost:8080'];
    expect(expectStatus(await change(origins), 200).frameAncestors).toEqual(origins);
    const after = await app.anonymous.get(`${path}?embed=1`);
    expect(after.headers.get('content-security-policy')).toContain(
      'frame-ancestors https://shop.example http://localhost:8080;',
    );
    expect(after.headers.get('x-frame-options')).toBeNull();

    // Whose link it is, an unknown one doesn't tell.
    const unknown = await app.anonymous.get('/verify/AAAAAAAAAAAAAAAAAAAAAA?embed=1');
    expect(unknown.headers.get('content-security-policy')).toContain("frame-ancestors 'none';");
    expect(unknown.headers.get('x-frame-options')).toBe('DENY');
  });

  it.each([
    'https://shop.example/',
    'https://shop.example/page',
    'https://SHOP.example',
    'https://shop.example:443',
    'https://shop.example:99999',
    'https://*.example',
    'https://shop..example/..',
    "https://shop.example'",
    'https://shop.example; script-src *',
    'http://shop.example',
    'http://localhost.shop.example',
    'null',
    '*',
    '',
  ])('can not be %j', async (origin) => {
    expect(await change([origin])).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  });

  it('are at most 20', async () => {
    const many = Array.from({ length: 21 }, (_, index) => `https://shop${index}.example`);
    expect((await change(many)).status).toBe(400);
    expectStatus(await change(many.slice(1)), 200);
  });
});

describe('the module for pages that embed the hosted page', () => {
  it.each([
    ['countersign.js', 'text/javascript; charset=utf-8', 'export function mountVerification'],
    ['countersign.d.ts', 'text/plain; charset=utf-8', 'export declare function mountVerification'],
  ])('serves %s to any page, and once only while it stays the same', async (name, type, content) => {
    const { status, headers, body } = await app.anonymous.get(`/embed/${name}`);
    expect(status).toBe(200);
    expect(body).toContain(content);
    expect(headers.get('content-type')).toBe(type);
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect(headers.get('cache-control')).toBe('public, max-age=300');
    const etag = headers.get('etag') ?? '';
    const again = await app.anonymous.with({ 'if-none-match': `"other", W/${etag}` }).get(`/embed/${name}`);
    expect(again).toMatchObject({ status: 304, body: '' });
  });

  it.each(['embed.module.js', 'countersign.ts', 'toString', '..%2fmain.js'])('has no %s', async (name) => {
    expect(await app.anonymous.get(`/embed/${name}`)).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    });
  });

  it('is described by its types: write to countersign.d.ts what this expects', async () => {
    const { outputText } = typescript.transpileDeclaration(readFileSync(SOURCE, 'utf8'), {
      fileName: SOURCE,
    });
    const options = { ...(await resolveConfig(SOURCE)), parser: 'typescript' };
    expect(readFileSync(SOURCE.replace('.ts', '.d.ts'), 'utf8')).toBe(await format(outputText, options));
  });

  it('compiles where a tenant uses it', () => {
    const use = `import { mountVerification, type VerificationEvent } from './countersign.js';
      const { destroy } = mountVerification({
        url: 'https://verify.example/verify/x', container: '#box', language: 'de',
        onEvent(event: VerificationEvent) {
          if (event.type === 'error') console.log(event.code, event.kind, event.retry);
          if (event.type === 'success') destroy();
        },
      });`;
    expect(problemsOf(use)).toEqual([]);
    expect(problemsOf(use.replace('event.retry', 'event.reason'))).toHaveLength(1);
  });
});

/** What the compiler says about a file beside the served types. */
function problemsOf(text: string): string[] {
  const files = new Map([
    ['/use.ts', text],
    ['/countersign.d.ts', readFileSync(SOURCE.replace('.ts', '.d.ts'), 'utf8')],
  ]);
  const options: typescript.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: typescript.ScriptTarget.ES2022,
    module: typescript.ModuleKind.ES2022,
    moduleResolution: typescript.ModuleResolutionKind.Bundler,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
    types: [],
  };
  const host = typescript.createCompilerHost(options);
  const getSourceFile = host.getSourceFile.bind(host);
  host.fileExists = (name) => files.has(name) || typescript.sys.fileExists(name);
  host.readFile = (name) => files.get(name) ?? typescript.sys.readFile(name);
  host.getSourceFile = (name, ...rest) => {
    const own = files.get(name);
    return own === undefined
      ? getSourceFile(name, ...rest)
      : typescript.createSourceFile(name, own, typescript.ScriptTarget.ES2022);
  };
  const program = typescript.createProgram(['/use.ts'], options, host);
  return typescript
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => typescript.flattenDiagnosticMessageText(messageText, ' '));
}
