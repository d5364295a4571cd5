import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import type { z } from 'zod';
import { eventNames, eventSchema, eventTypes } from '../src/audit/event-types.js';
import { errorCodes, type ErrorCode } from '../src/http/api-error.js';
import { startTestApp, type TestApp } from './support/app.js';
import type { Any } from './support/client.js';
import { operationsOf, readDocument, resolve, type Operation, type Schema } from './support/operations.js';

const committed = fileURLToPath(new URL('../openapi.json', import.meta.url));

/** The POSTs that neither create nor decide, and why repeating them does no harm. */
const WITHOUT_KEY = {
  changePassword: 'proves itself by the old password, which holds once',
  checkCredential: 'looks at Yoti anew, which is what a repetition asks for',
  logIn: 'opens a session of its own, and a stored answer would hold its cookie',
  logOut: 'ends what the first one has ended',
  previewPolicy: 'changes nothing',
  syncSession: 'looks at Yoti anew; what it finds takes effect once',
};

describe('the API document', () => {
  let app: TestApp;
  let document: Any;
  let operations: Operation[];

  beforeAll(async () => {
    app = await startTestApp();
    document = await readDocument(app);
    operations = operationsOf(document);
  });

  afterAll(async () => {
    await app.stop();
  });

  /** The operations that don't do what every one has to. */
  const without = (rule: (operation: Operation) => boolean) =>
    operations.filter((operation) => !rule(operation)).map(({ id, path }) => `${id} ${path}`);

  it('is the committed one; after a change of the API: npm run openapi', () => {
    const expected: Any = JSON.parse(readFileSync(committed, 'utf8'));
    const differing = [...Object.keys(document.paths), ...Object.keys(expected.paths)].filter(
      (path) => JSON.stringify(document.paths[path]) !== JSON.stringify(expected.paths[path]),
    );
    expect(differing).toEqual([]);
    expect(document).toEqual(expected);
  });

  it('is OpenAPI 3.1 and shown at /docs', async () => {
    expect(document.openapi).toBe('3.1.0');
    expect((await app.anonymous.get('/docs')).status).toBe(200);
    expect((await app.anonymous.get('/openapi.yaml')).status).toBe(200);
  });

  it('names every operation once, in words, with its permission and a tag', () => {
    const ids = operations.map(({ id }) => id);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
    expect(without(({ id }) => /^[a-z][A-Za-z]+$/.test(id))).toEqual([]);
    expect(without(({ raw }) => typeof raw.summary === 'string' && raw.summary.length > 3)).toEqual([]);
    expect(without(({ permission }) => typeof permission === 'string')).toEqual([]);
    expect(without(({ raw }) => raw.tags?.length === 1)).toEqual([]);
  });

  it('asks for credentials exactly where the permission says', () => {
    const anonymous = ({ raw }: Operation) => raw.security?.length === 0;
    expect(without((operation) => anonymous(operation) === (operation.permission === 'public'))).toEqual([]);
    expect(without((operation) => '401' in operation.errors || operation.permission === 'public')).toEqual(
      [],
    );
    expect(without(({ errors }) => '403' in errors && '429' in errors && '500' in errors)).toEqual([]);
    // What is put under a name needn't be there.
    const named = ({ errors, pathParameters, method }: Operation) =>
      pathParameters.length === 0 || method === 'PUT' || '404' in errors;
    expect(without(named)).toEqual([]);
  });

  it('types every error, with an example for each code', () => {
    for (const { id, errors, raw } of operations) {
      for (const [status, codes] of Object.entries(errors)) {
        expect([id, codes.length]).not.toEqual([id, 0]);
        const { schema, examples } = raw.responses[status].content['application/problem+json'];
        expect(schema).toEqual({ $ref: '#/components/schemas/Problem' });
        for (const code of codes as ErrorCode[]) {
          expect([id, code, errorCodes[code][0]]).toEqual([id, code, Number(status)]);
          expect(exampleOf(examples[code])).toMatchObject({ code, status: Number(status) });
        }
      }
    }
  });

  function exampleOf(example: Any): Any {
    const name = /^#\/components\/examples\/(.+)$/.exec((example.$ref as string | undefined) ?? '')?.[1];
    return (name === undefined ? example : document.components.examples[name]).value;
  }

  it('describes every parameter, and every property of every body that is sent', () => {
    const parameters = operations.flatMap(({ id, raw }) =>
      (raw.parameters as Any[])
        .filter(({ description, schema }) => !description && !resolve(document, schema).description)
        .map(({ name }) => `${id} ${name}`),
    );
    expect(parameters).toEqual([]);
    const seen = new Set<Schema>();
    const bare = operations.flatMap(({ body }) => (body ? undescribed(body.schema, '', seen) : []));
    expect(bare).toEqual([]);
  });

  /** Places of properties without a description, in the schema and all it is made of. */
  function undescribed(part: Schema, place: string, seen: Set<Schema>): string[] {
    const schema = resolve(document, part);
    if (seen.has(schema)) return [];
    seen.add(schema);
    const properties = Object.entries<Schema>(schema.properties ?? {}).flatMap(([name, property]) => {
      const where = `${place}/${name}`;
      const described = property.description ?? resolve(document, property).description;
      return [...(described ? [] : [where]), ...undescribed(property, where, seen)];
    });
    const parts: Schema[] = [schema.items, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].filter(Boolean);
    return [...properties, ...parts.flatMap((inner) => undescribed(inner, place, seen))];
  }

  it('closes every body that is sent to unknown properties, and gives an example', () => {
    const bodies = operations.filter(({ body }) => body !== undefined);
    expect(bodies.length).toBeGreaterThan(10);
    for (const { id, body } of bodies) {
      const { additionalProperties, type } = resolve(document, body?.schema);
      expect([id, type, additionalProperties]).toEqual([id, 'object', false]);
      expect([id, body?.example]).toEqual([id, expect.any(Object)]);
    }
  });

  it('gives an example of every answer, one that the operation could give', () => {
    const schemas = answerSchemas();
    const answers = operations.flatMap(({ id, raw }) =>
      Object.entries<Any>(raw.responses)
        .filter(([status, { content }]) => status.startsWith('2') && content?.['application/json'])
        .map(([, { content }]) => ({ id, schema: resolve(document, content['application/json'].schema) })),
    );
    expect(answers.length).toBeGreaterThan(40);
    for (const { id, schema } of answers) {
      expect([id, schema.example]).toEqual([id, expect.any(Object)]);
      const parsed = schemas.get(id)?.safeParse(schema.example);
      // Media are streamed as Yoti has them: only they have no schema of ours.
      if (id === 'getSessionMedia') expect(parsed).toBeUndefined();
      // Equal: without a field that the schema doesn't know.
      else expect([id, parsed]).toEqual([id, { success: true, data: schema.example }]);
    }
  });

  /** The schemas that answers are serialized by, by operation. */
  function answerSchemas(): Map<string, z.ZodType> {
    const modules = [...app.server.app.get(ModulesContainer).values()];
    const controllers = modules.flatMap((module) => [...module.controllers.values()]);
    const scanner = new MetadataScanner();
    return new Map(
      controllers.flatMap(({ metatype }) => {
        const prototype = (metatype as { prototype: Record<string, object> }).prototype;
        return scanner.getAllMethodNames(prototype).flatMap((name) => {
          const options: Any = Reflect.getMetadata('class_serializer:options', prototype[name] ?? {});
          return options ? [[name, options.schema as z.ZodType] as const] : [];
        });
      }),
    );
  }

  it('types what every operation answers', () => {
    const typed = ({ raw }: Operation) =>
      Object.entries<Any>(raw.responses)
        .filter(([status]) => status.startsWith('2') && status !== '204')
        .every(([, { content }]) =>
          Object.values<Any>(content ?? {}).some(({ schema }) => schema !== undefined),
        );
    expect(without(typed)).toEqual([]);
  });

  it('pages every list the same way', () => {
    const lists = operations.filter(({ id, method }) => method === 'GET' && id.startsWith('list'));
    const paged = lists.filter(({ id }) => id !== 'listSessionMedia');
    expect(paged.length).toBeGreaterThan(8);
    for (const { id, raw, queryParameters } of paged) {
      const names = queryParameters.map(({ name }) => name);
      expect([id, names]).toEqual([id, expect.arrayContaining(['limit', 'after'])]);
      const { properties } = resolve(document, raw.responses['200'].content['application/json'].schema);
      expect([id, Object.keys(properties as object)]).toEqual([
        id,
        expect.arrayContaining(['items', 'next']),
      ]);
    }
  });

  it('takes an Idempotency-Key with every POST that creates or decides', () => {
    const posts = operations.filter(({ method }) => method === 'POST');
    const keyed = posts.filter(({ raw }) =>
      raw.parameters.some(({ name }: Any) => name === 'Idempotency-Key'),
    );
    const others = posts.filter((operation) => !keyed.includes(operation)).map(({ id }) => id);
    expect(others.toSorted()).toEqual(Object.keys(WITHOUT_KEY).toSorted());
    for (const { id, errors } of keyed) {
      expect([id, errors['409'], errors['410'], errors['422']]).toEqual([
        id,
        expect.arrayContaining(['idempotency_in_flight']),
        expect.arrayContaining(['data_unreadable']),
        expect.arrayContaining(['idempotency_key_reused']),
      ]);
    }
  });

  it.each(['createSession', 'syncSession', 'getSessionDevices', 'getSessionMedia'])(
    'tells of %s what can be wrong with the credential that it uses',
    (id) => {
      const errors = operations.find((operation) => operation.id === id)?.errors ?? {};
      expect(errors['422']).toContain('credential_invalid');
      expect(errors['503']).toContain('credential_suspect');
      expect(errors['410']).toContain('data_unreadable');
    },
  );

  it('tells of every event that webhooks can carry', () => {
    expect(Object.keys(document.webhooks as object).toSorted()).toEqual(eventNames.toSorted());
    for (const name of eventNames) {
      const { post } = document.webhooks[name];
      const schema = resolve(document, post.requestBody.content['application/json'].schema);
      expect(schema.properties.type.const).toBe(name);
      expect(post).toMatchObject({ summary: expect.any(String), operationId: expect.stringMatching(/^on_/) });
      const { data, ...envelope } = schema.example;
      expect([name, eventTypes[name].data.safeParse(data)]).toEqual([name, { success: true, data }]);
      expect(eventSchema.omit({ data: true }).parse(envelope)).toEqual({ ...envelope, type: name });
    }
  });

  it('refers to nothing that is missing, and has no component that nothing uses', () => {
    const text = JSON.stringify(document);
    const used = new Set(
      [...text.matchAll(/"#\/components\/(\w+)\/([^"]+)"/g)].map(([, kind, name]) => `${kind}/${name}`),
    );
    const known = ['schemas', 'examples'].flatMap((kind) =>
      Object.keys((document.components[kind] ?? {}) as object).map((name) => `${kind}/${name}`),
    );
    expect([...used].filter((name) => !known.includes(name))).toEqual([]);
    expect(known.filter((name) => !used.has(name))).toEqual([]);
  });
});
