import { ConfigFile, Environment, providerVariables } from '@polyphony/config';
import { z } from 'zod';
import { keepCurrent } from './keep-current.mjs';

const variables = z.toJSONSchema(Environment, { io: 'input' }).properties;
const file = z.toJSONSchema(ConfigFile, { io: 'input' }).properties;

const document = `# Settings

Made from the descriptions in \`libs/config/src/schema.ts\` by \`npm run docs:configuration\`; do not edit.

Environment variables come first; what does not fit one stands in the YAML file that \`POLYPHONY_CONFIG\` names. Everything is read
once, at start. A setting that cannot be used ends the process with exit code 78 and one sentence that names it. A variable that is
set to nothing counts as not set.

## Environment variables

${table(
  ['Variable', 'Default', 'Meaning'],
  Object.entries(variables).map(([name, schema]) => [code(name), standard(schema), meaning(schema)]),
)}

## Providers' keys

A provider is there once its key is set; its models are \`<provider>/<model>\`.

${table(
  ['Variable', 'Meaning'],
  providerVariables.map(({ name, description }) => [code(name), description]),
)}

## The YAML file

Every member may be left out. \`\${NAME}\` in a string is replaced by that environment variable, which must then be set. An unknown
member is refused. A connection under \`providers\` wins over the environment's variables for the same id.

${table(
  ['Member', 'Default', 'Meaning'],
  Object.entries(file).flatMap(([name, schema]) => rows(name, schema)),
)}

An example:

\`\`\`yaml
providers:
  - id: local
    kind: openaiCompatible
    baseUrl: http://127.0.0.1:11434/v1
    concurrency: 2
  - id: second-openai
    kind: openai
    apiKey: \${SECOND_OPENAI_API_KEY}
prices:
  local/*: { input: 0, output: 0 }
limits:
  defaultMaxOutputTokens: 2048
assessment:
  judges: [anthropic/claude-haiku-5-5, openai/gpt-6-luna]
\`\`\`
`;

keepCurrent(new URL('../../docs/configuration.md', import.meta.url), document, 'npm run docs:configuration');

function rows(path, schema) {
  const own = [[code(path), standard(schema), meaning(schema)]];
  if (schema.type === 'array' && schema.items.properties) return [...own, ...members(`${path}[].`, schema.items)];
  if (schema.additionalProperties?.properties) return [...own, ...members(`${path}.<ModelId>.`, schema.additionalProperties)];
  if (!schema.properties) return own;
  return schema.description
    ? [[code(path), '', schema.description], ...members(`${path}.`, schema)]
    : members(`${path}.`, schema);
}

function members(prefix, schema) {
  return Object.entries(schema.properties).flatMap(([name, member]) =>
    rows(`${prefix}${name}`, schema.required?.includes(name) ? { ...member, required: true } : member),
  );
}

function standard(schema) {
  if (schema.required === true) return 'required';
  if (schema.default === undefined) return '';
  const text = typeof schema.default === 'string' ? schema.default : JSON.stringify(schema.default);
  return text === '' ? 'empty' : code(text);
}

function meaning(schema) {
  const unit = schema.additionalProperties?.description;
  const choice = schema.enum?.map(code).join(', ');
  return [schema.description?.replaceAll('<', '\\<'), unit, choice && `one of ${choice}`].filter(Boolean).join('; ');
}

function code(text) {
  return `\`${text}\``;
}

function table(head, body) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...body.map(line)].join('\n');
}
