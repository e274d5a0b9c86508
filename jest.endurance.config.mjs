import config from './jest.config.mjs';

const e2e = config.projects.find(({ displayName }) => displayName === 'e2e');

/** Long runs under load and faults, apart from the tests of every day: `npm run endurance`. */
export default { ...e2e, displayName: 'endurance', testMatch: ['<rootDir>/test/endurance/**/*.spec.ts'] };
