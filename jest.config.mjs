/**
 * Three projects: `unit` is pure and fast, `integration` starts real PostgreSQL and Redis servers of its own,
 * `e2e` runs the built processes. Everything is compiled to CommonJS so that no Node flag is needed.
 */
const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: [],
  moduleNameMapper: {
    '^@polyphony/([a-z]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: {
    '^.+\\.(t|j|mj)s$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  transformIgnorePatterns: [],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  modulePathIgnorePatterns: ['<rootDir>/(libs|apps)/[a-z]+/dist/'],
};

/** One PostgreSQL for the whole run: each file that needs a database clones a migrated template. */
const withServers = {
  ...shared,
  globalSetup: '<rootDir>/libs/testing/src/servers/global-setup.mjs',
  globalTeardown: '<rootDir>/libs/testing/src/servers/global-teardown.mjs',
};

export default {
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{libs,apps}/*/src/**/!(*.int).spec.ts', '<rootDir>/scripts/**/*.spec.ts'],
    },
    { ...withServers, displayName: 'integration', testMatch: ['<rootDir>/{libs,apps}/*/src/**/*.int.spec.ts'] },
    { ...withServers, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.spec.ts'] },
  ],
};
