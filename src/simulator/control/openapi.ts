import { z } from 'zod';
import { statusOf, type Operation } from './operation.js';
import { errorSchema } from './schemas.js';

type Json = Record<string, unknown>;

/** Codes any operation may refuse with, by status. */
const COMMON: Record<number, string[]> = {
  403: ['FORBIDDEN_HOST', 'FORBIDDEN_ORIGIN'],
  500: ['SERVER_ERROR'],
};
const INPUT: Record<number, string[]> = { 400: ['PAYLOAD_VALIDATION', 'MALFORMED_REQUEST'] };
const TEXTS: Record<number, string> = {
  400: 'The input is wrong; `errors` names each place.',
  401: 'Not permitted any more.',
  403: 'Asked for under a foreign host name, or by another site.',
  404: 'There is no such thing.',
  409: 'Not in this state.',
  500: 'A fault of the simulator.',
};

/** JSON Schema of a Zod schema; definitions it brings along go to the components. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', components: Json): Json {
  const {
    $schema: _,
    $defs,
    id: _id,
    ...own
  } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      // The formats say the same as Zod's page-long patterns.
      if (jsonSchema.format) delete jsonSchema.pattern;
    },
  }) as Json;
  const suffix = io === 'input' ? 'Input' : '';
  const moved = (value: unknown): unknown =>
    JSON.parse(
      JSON.stringify(value).replaceAll(/"#\/\$defs\/([^"]+)"/g, `"#/components/schemas/$1${suffix}"`),
    );
  for (const [name, { id: _name, ...definition }] of Object.entries(($defs ?? {}) as Record<string, Json>)) {
    components[`${name}${suffix}`] = moved(definition);
  }
  return moved(own) as Json;
}

const content = (schema: unknown) => ({ 'application/json': { schema } });

function parametersOf({ path, query }: Operation): Json[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const { properties = {}, required = [] } = (query ? schemaOf(query, 'input', {}) : {}) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  const inQuery = Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(description !== undefined && { description }),
    schema,
  }));
  return [...inPath, ...inQuery];
}

function responsesOf(one: Operation, components: Json): Json {
  const answers: Json = one.answer
    ? { description: 'Done.', content: content(schemaOf(one.answer, 'output', components)) }
    : { description: 'Done.' };
  const takesInput = one.body !== undefined || one.query !== undefined;
  const failures = { ...COMMON, ...(takesInput && INPUT), ...one.fails };
  return {
    [statusOf(one)]: answers,
    ...Object.fromEntries(
      Object.entries(failures).map(([status, codes]) => [
        status,
        {
          description: `${TEXTS[Number(status)] ?? ''} ${codes.map((code) => `\`${code}\``).join(', ')}`,
          content: content({ $ref: '#/components/schemas/Error' }),
        },
      ]),
    ),
  };
}

/** The control API's document, OpenAPI 3.1, made from what the routes check and answer with. */
export function controlDocument(operations: Operation[], prefix: string): Json {
  const components: Json = {};
  components['Error'] = schemaOf(errorSchema, 'output', components);
  const paths: Record<string, Json> = {};
  for (const one of operations) {
    const parameters = parametersOf(one);
    (paths[`${prefix}${one.path}`] ??= {})[one.method.toLowerCase()] = {
      operationId: one.id,
      tags: [one.tag],
      summary: one.summary,
      ...(parameters.length && { parameters }),
      ...(one.body && {
        requestBody: {
          required: one.bodyOptional !== true,
          content: content(schemaOf(one.body, 'input', components)),
        },
      }),
      responses: responsesOf(one, components),
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Yoti simulator: control',
      version: '1',
      description:
        "What a developer or a test does to the simulator. Times are RFC 3339 in UTC by the simulator's own clock.",
    },
    servers: [{ url: '/' }],
    security: [],
    paths,
    components: { schemas: components },
  };
}
