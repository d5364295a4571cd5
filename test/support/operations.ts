import type { TestApp } from './app.js';
import type { Any } from './client.js';

/** A JSON schema of the API document. */
export type Schema = Any;

/** One operation of the API document. */
export interface Operation {
  id: string;
  method: string;
  /** With its parameters in braces. */
  path: string;
  permission: string;
  /** Names of the path's parameters, in order. */
  pathParameters: string[];
  queryParameters: { name: string; schema: Schema }[];
  /** Schema of the JSON body, and its example; undefined for an operation without one. */
  body?: { schema: Schema; example: Any };
  /** Error codes it documents, by status. */
  errors: Record<string, string[]>;
  raw: Any;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** The API document as the running server shows it. */
export async function readDocument(app: TestApp): Promise<Any> {
  return (await app.anonymous.get('/openapi.json')).body;
}

/** Follows a `$ref` within the document. */
export function resolve(document: Any, schema: Schema): Schema {
  const name = /^#\/components\/schemas\/(.+)$/.exec((schema?.$ref as string | undefined) ?? '')?.[1];
  return name === undefined ? schema : resolve(document, document.components.schemas[name]);
}

/** Every operation of the document. */
export function operationsOf(document: Any): Operation[] {
  return Object.entries<Any>(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method] !== undefined).map((method) =>
      toOperation(document, path, method, item[method]),
    ),
  );
}

function toOperation(document: Any, path: string, method: string, raw: Any): Operation {
  const parameters = (raw.parameters ?? []) as Any[];
  const schema: Schema = raw.requestBody?.content['application/json'].schema;
  const errors = Object.entries<Any>(raw.responses).filter(([status]) => Number(status) >= 400);
  return {
    id: raw.operationId,
    method: method.toUpperCase(),
    path,
    permission: raw['x-permission'],
    pathParameters: parameters.filter((p) => p.in === 'path').map((p) => p.name as string),
    queryParameters: parameters
      .filter((p) => p.in === 'query')
      .map((p) => ({ name: p.name as string, schema: p.schema })),
    ...(schema && { body: { schema, example: resolve(document, schema).example } }),
    errors: Object.fromEntries(
      errors.map(([status, response]) => [
        status,
        Object.keys(response.content['application/problem+json'].examples as object),
      ]),
    ),
    raw,
  };
}

/** The path with its parameters filled in. */
export function fill(path: string, values: Record<string, string>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`${path}: no value for ${name}`);
    return value;
  });
}
