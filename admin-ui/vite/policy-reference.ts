import { z } from 'zod';
import { policyDocumentSchema } from '../../src/policies/policy.document.js';

/** The parts of JSON schema that the policy document's is made of. */
interface Schema {
  $ref?: string;
  id?: string;
  type?: string;
  const?: string;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  required?: string[];
  description?: string;
  $defs?: Record<string, Schema>;
}

/** One part of a policy document: an object and what can be written in it. */
export interface ReferencePart {
  /** Name of the object, such as `CaptureSettings`. */
  name: string;
  fields: {
    /** Property, with those around it: `countries.codes`. */
    name: string;
    required: boolean;
    /** What is written there: a type, the choices, or the name of another part. */
    kind: string;
    description: string;
  }[];
}

type Definitions = Record<string, Schema>;

/** Everything that can be written in a policy, from the schema that the server checks it with. */
export function policyReference(): ReferencePart[] {
  const root: Schema = JSON.parse(JSON.stringify(z.toJSONSchema(policyDocumentSchema, { io: 'input' })));
  const definitions = root.$defs ?? {};
  return Object.entries({ PolicyDocument: root, ...definitions })
    .map(([name, schema]) => ({ name, fields: fieldsOf(schema, definitions) }))
    .filter(({ fields }) => fields.length > 0);
}

function fieldsOf(schema: Schema, definitions: Definitions, prefix = ''): ReferencePart['fields'] {
  return Object.entries(schema.properties ?? {}).flatMap(([property, field]) => {
    const name = `${prefix}${property}`;
    const object = field.type === 'array' ? field.items : field;
    const inner = object?.properties ? fieldsOf(object, definitions, `${name}.`) : [];
    const required = schema.required?.includes(property) ?? false;
    const description = field.description ?? definitions[referredTo(field)]?.description ?? '';
    return [{ name, required, kind: kindOf(field, definitions), description }, ...inner];
  });
}

const referredTo = ({ $ref = '' }: Schema) => $ref.replace('#/$defs/', '');

function kindOf(schema: Schema, definitions: Definitions): string {
  const kind = (part: Schema) => kindOf(part, definitions);
  if (schema.$ref !== undefined) {
    const name = referredTo(schema);
    const definition = definitions[name];
    // Only objects are parts of their own; choices are written out.
    return definition === undefined || definition.properties ? name : kind(definition);
  }
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.map(kind).join(' or ');
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum.join(', ');
  if (schema.type === 'array') return `list of ${kind(schema.items ?? {})}`;
  if (schema.type === 'object' && schema.properties === undefined) return 'names and values';
  return schema.type === 'boolean' ? 'true or false' : (schema.type ?? 'anything');
}
