// The JSON Schemas that the suite asks for, word for word.

export interface ObjectSchema {
  [keyword: string]: unknown;
  type: 'object';
}

type ElicitedProperty =
  | { type: 'string'; description?: string; default?: string }
  | { type: 'integer' | 'number'; description?: string; default?: number }
  | { type: 'boolean'; description?: string; default?: boolean }
  | { type: 'string'; enum: string[]; enumNames?: string[]; default?: string }
  | { type: 'string'; oneOf: { const: string; title: string }[] }
  | { type: 'array'; items: { type: 'string'; enum: string[] } }
  | { type: 'array'; items: { anyOf: { const: string; title: string }[] } };

export interface ElicitationSchema {
  type: 'object';
  properties: Record<string, ElicitedProperty>;
  required?: string[];
}

export function objectSchema(properties: Record<string, unknown>, required?: string[]): ObjectSchema {
  return { type: 'object', properties, ...(required !== undefined && { required }) };
}

export const elicitUser: ElicitationSchema = {
  type: 'object',
  properties: {
    username: { type: 'string', description: "User's response" },
    email: { type: 'string', description: "User's email address" },
  },
  required: ['username', 'email'],
};

export const elicitDefaults: ElicitationSchema = {
  type: 'object',
  properties: {
    name: { type: 'string', default: 'John Doe' },
    age: { type: 'integer', default: 30 },
    score: { type: 'number', default: 95.5 },
    status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
    verified: { type: 'boolean', default: true },
  },
};

const titled = (words: readonly string[]) => words.map((title, index) => ({ const: `value${index + 1}`, title }));

export const elicitEnums: ElicitationSchema = {
  type: 'object',
  properties: {
    untitledSingle: { type: 'string', enum: ['option1', 'option2', 'option3'] },
    titledSingle: { type: 'string', oneOf: titled(['First Option', 'Second Option', 'Third Option']) },
    legacyEnum: {
      type: 'string',
      enum: ['opt1', 'opt2', 'opt3'],
      enumNames: ['Option One', 'Option Two', 'Option Three'],
    },
    untitledMulti: { type: 'array', items: { type: 'string', enum: ['option1', 'option2', 'option3'] } },
    titledMulti: { type: 'array', items: { anyOf: titled(['First Choice', 'Second Choice', 'Third Choice']) } },
  },
};

/** Every keyword that the 2020-12 scenario looks for. */
export const schema2020: ObjectSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
};
