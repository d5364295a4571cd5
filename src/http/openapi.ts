import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { z } from 'zod';
import { eventNames, eventTypes } from '../audit/event-types.js';
import { eventExamples } from '../audit/event.examples.js';
import { API_KEY_SCHEME, CONSOLE_SCHEME } from '../auth/access.js';
import { ConsoleSessions } from '../auth/console-sessions.js';
import { idSchema, problemSchema, timestampSchema } from './common.schemas.js';
import { errorCodes, type ErrorCode } from './api-error.js';
import { IDEMPOTENCY_HEADER } from './idempotency.js';
import { ERRORS_EXTENSION } from './returns.js';

type Operation = Record<string, unknown> & {
  responses: Record<string, unknown>;
  parameters?: { in: string; name: string }[];
  requestBody?: unknown;
};

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Errors that any authenticated operation can answer. */
const COMMON_ERRORS: ErrorCode[] = [
  'unavailable',
  'invalid_request',
  'unauthenticated',
  'forbidden',
  'rate_limited',
  'internal_error',
];
const BODY_ERRORS: ErrorCode[] = ['malformed_body', 'payload_too_large', 'unsupported_media_type'];
const IDEMPOTENCY_ERRORS: ErrorCode[] = [
  'idempotency_in_flight',
  'idempotency_key_reused',
  'data_unreadable',
];

/** The API document, OpenAPI 3.1. Needs no database: the routes and schemas are all it reads. */
export function openApi(app: NestFastifyApplication): OpenAPIObject {
  const base = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Countersign')
    .setVersion('1')
    .setDescription(
      'Identity verification for the business units of one organisation. Every request acts in one tenant: an API ' +
        'key in its own, a person in the one that the Countersign-Tenant header names. Errors are problem documents ' +
        '(RFC 9457) with a stable code. Lists are cursor pages. Times are RFC 3339, UTC.',
    )
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/')
    .addSecurity(API_KEY_SCHEME, { type: 'http', scheme: 'bearer', description: 'An API key: csk_…' })
    .addSecurity(CONSOLE_SCHEME, { type: 'apiKey', in: 'cookie', name: ConsoleSessions.COOKIE })
    .build();
  const document = SwaggerModule.createDocument(app, base, {
    operationIdFactory: (_controller, method) => method,
    standardSchemaConverter: (schema, { schemaType }) => convert(schema as z.ZodType, schemaType),
  });
  document.components ??= {};
  document.components.schemas = { ...document.components.schemas, ...componentsOf(problemSchema) } as never;
  document.components.examples = Object.fromEntries(
    (Object.keys(errorCodes) as ErrorCode[]).map((code) => [code, { value: exampleOf(code) }]),
  );
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method] as unknown as Operation | undefined;
      if (operation) complete(path, method, operation);
    }
  }
  return sorted({ ...document, webhooks: webhooks(document) });
}

function complete(path: string, method: string, operation: Operation): void {
  const own = (operation[ERRORS_EXTENSION] ?? []) as ErrorCode[];
  delete operation[ERRORS_EXTENSION];
  const codes = new Set<ErrorCode>(own);
  for (const code of COMMON_ERRORS) codes.add(code);
  if (operation['x-permission'] === 'public') {
    operation.security = [];
    codes.delete('unauthenticated');
  }
  // A body is read also where none is asked for.
  if (method !== 'get') for (const code of BODY_ERRORS) codes.add(code);
  operation.parameters ??= [];
  if (
    operation['x-permission'] !== 'public' &&
    !path.startsWith('/v1/auth') &&
    !String(operation['x-permission']).startsWith('tenants:')
  ) {
    codes.add('tenant_required');
    codes.add('tenant_suspended');
    operation.parameters.push(tenantHeader);
  }
  if (operation.parameters.some(({ name }) => name === IDEMPOTENCY_HEADER)) {
    for (const code of IDEMPOTENCY_ERRORS) codes.add(code);
  }
  const permission = String(operation['x-permission']);
  operation.description = [operation.description, `Permission: \`${permission}\`.`]
    .filter(Boolean)
    .join('\n\n');
  for (const [status, response] of problemResponses([...codes])) operation.responses[status] = response;
}

const tenantHeader = {
  name: 'Countersign-Tenant',
  in: 'header',
  required: false,
  description:
    'Id or slug of the tenant to act in; for people who are in several. An API key acts in its own.',
  schema: { type: 'string' },
};

/** One response for each status, naming the codes it can carry. */
function problemResponses(codes: ErrorCode[]): [string, unknown][] {
  return [...groupByStatus(codes)].map(([status, list]) => [
    String(status),
    {
      description: list.map((code) => `\`${code}\`: ${errorCodes[code][1]}`).join('\n\n'),
      content: {
        'application/problem+json': {
          schema: { $ref: '#/components/schemas/Problem' },
          examples: Object.fromEntries(list.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
        },
      },
    },
  ]);
}

function groupByStatus(codes: ErrorCode[]): Map<number, ErrorCode[]> {
  const groups = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const status = errorCodes[code][0];
    groups.set(status, [...(groups.get(status) ?? []), code]);
  }
  return groups;
}

const exampleOf = (code: ErrorCode) => ({
  type: `urn:countersign:error:${code}`,
  title: errorCodes[code][1],
  status: errorCodes[code][0],
  code,
  requestId: '019ab000-0000-7000-8000-000000000000',
});

/** The webhooks section: one entry for each event type, from the map that the code publishes by. */
function webhooks(document: OpenAPIObject): NonNullable<OpenAPIObject['webhooks']> {
  const schemas = (document.components?.schemas ?? {}) as Record<string, unknown>;
  return Object.fromEntries(
    eventNames.map((name) => {
      const { summary, data } = eventTypes[name];
      const payload = z
        .object({ id: idSchema, type: z.literal(name), timestamp: timestampSchema, data })
        .meta({ example: eventExamples[name] });
      const { schema, components } = convert(payload, 'output');
      Object.assign(schemas, refsToComponents(components));
      const operation = {
        operationId: `on_${name.replaceAll('.', '_')}`,
        summary,
        description: 'Signed by Standard Webhooks 1.0: webhook-id, webhook-timestamp and webhook-signature.',
        tags: ['Webhooks'],
        security: [],
        requestBody: {
          required: true,
          content: { 'application/json': { schema: refsToComponents(schema) } },
        },
        responses: {
          '200': { description: 'Any 2xx counts as received' },
          '410': { description: 'Disables the endpoint' },
        },
      };
      return [name, { post: operation }];
    }),
  );
}

interface JsonSchema {
  [key: string]: unknown;
  $defs?: Record<string, unknown>;
}

function convert(schema: z.ZodType, io: 'input' | 'output') {
  const json = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => tidy(zodSchema._zod.def, jsonSchema as JsonSchema),
  }) as JsonSchema;
  const { $defs = {}, $schema: _dialect, ...root } = json;
  return { schema: root, components: $defs };
}

function tidy(definition: { type: string; catchall?: unknown }, json: JsonSchema): void {
  // Zod writes the page-long patterns of formats that the `format` already names.
  if (typeof json.format === 'string' && ['uuid', 'date-time', 'email', 'uri'].includes(json.format)) {
    delete json.pattern;
  }
  // An answer may gain fields; only what is strict in both directions says otherwise.
  if (definition.type === 'object' && definition.catchall === undefined) delete json.additionalProperties;
  delete json.id;
}

function componentsOf(schema: z.ZodType): Record<string, unknown> {
  return refsToComponents(convert(schema, 'output').components);
}

function refsToComponents<T>(value: T): T {
  return JSON.parse(JSON.stringify(value).replaceAll('#/$defs/', '#/components/schemas/')) as T;
}

/** Components in alphabetical order, so that the committed document changes only where the API does. */
function sorted(document: OpenAPIObject & { webhooks: unknown }): OpenAPIObject {
  const schemas = Object.entries(document.components?.schemas ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { ...document, components: { ...document.components, schemas: Object.fromEntries(schemas) } };
}
