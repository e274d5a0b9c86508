import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, loadConfig } from './index.js';

const secret = Buffer.alloc(32, 7).toString('base64');

function yaml(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'config-')), 'polyphony.yaml');
  writeFileSync(path, text);
  return path;
}

describe('loadConfig', () => {
  it('runs embedded on port 3000 when nothing is set', () => {
    expect(loadConfig({})).toMatchObject({ mode: 'embedded', port: 3000, host: '127.0.0.1', workers: 2 });
  });

  it('treats an empty variable as one that is not set', () => {
    expect(loadConfig({ PORT: '', DATABASE_URL: '' })).toMatchObject({ mode: 'embedded', port: 3000 });
  });

  it('offers a well-known provider once its key is set, at the address given', () => {
    const { connections } = loadConfig({ ANTHROPIC_API_KEY: 'k', ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' }).providers;
    expect(connections).toEqual([
      expect.objectContaining({ id: 'anthropic', kind: 'anthropic', baseUrl: 'http://127.0.0.1:9', simulated: false }),
    ]);
  });

  it('takes further endpoints from the file and keys from the environment it names', () => {
    const path = yaml(
      'providers:\n  - { id: local, kind: openaiCompatible, baseUrl: "http://127.0.0.1:1/v1", apiKey: "${LOCAL_KEY}" }',
    );
    const { connections } = loadConfig({ POLYPHONY_CONFIG: path, LOCAL_KEY: 's3' }).providers;
    expect(connections[0]).toMatchObject({ id: 'local', apiKey: 's3' });
  });

  it.each([
    [{ PORT: 'many' }, 'PORT'],
    [{ REDIS_URL: 'redis://127.0.0.1' }, 'DATABASE_URL'],
    [{ DATABASE_URL: 'postgres://u:p@127.0.0.1/db' }, 'POLYPHONY_SECRET'],
    [{ DATABASE_URL: 'mysql://u:p@127.0.0.1/db', POLYPHONY_SECRET: secret }, 'DATABASE_URL'],
    [{ POLYPHONY_SECRET: 'short' }, 'POLYPHONY_SECRET'],
    [{ POLYPHONY_CONFIG: '/does/not/exist.yaml' }, '/does/not/exist.yaml'],
  ])('refuses %j in one sentence that names the setting', (env, named) => {
    expect(() => loadConfig(env)).toThrow(ConfigError);
    expect(() => loadConfig(env)).toThrow(named);
  });

  it('refuses a file with an unknown key or an unset variable', () => {
    expect(() => loadConfig({ POLYPHONY_CONFIG: yaml('limit: {}') })).toThrow(/limit/);
    expect(() => loadConfig({ POLYPHONY_CONFIG: yaml('providers: [{ id: a, kind: openai, apiKey: "${NOPE}" }]') })).toThrow(
      /NOPE/,
    );
  });

  it('never shows a password or key in its refusals', () => {
    const env = { DATABASE_URL: 'mysql://u:hunter2@127.0.0.1/db', POLYPHONY_SECRET: secret };
    expect(() => loadConfig(env)).toThrow(expect.objectContaining({ message: expect.not.stringContaining('hunter2') }));
  });

  it('cannot be changed after start', () => {
    expect(Object.isFrozen(loadConfig({}).providers.timeouts)).toBe(true);
  });
});
