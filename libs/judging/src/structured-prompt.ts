export type JsonSchema = Record<string, unknown>;

/** One call to a model: `user` shows texts in fences of `nonce`; `idOf` maps the short ids it shows to answer ids. */
export interface FencedPrompt {
  system: string;
  user: string;
  nonce: string;
  idOf: Record<string, string>;
}
/** A call whose reply must be JSON of this schema. */
export interface StructuredPrompt extends FencedPrompt {
  schema: JsonSchema;
  name: string;
}

/** A closed object of which every member is required, as the providers' strict modes ask for. */
export function objectSchema(properties: Record<string, JsonSchema>): JsonSchema {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}
