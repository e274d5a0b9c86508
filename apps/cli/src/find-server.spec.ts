import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findServer } from './find-server.js';

describe('findServer', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'polyphony-cli-'));
    mkdirSync(join(home, '.polyphony'));
    const instance = { url: 'http://127.0.0.1:3456', adminApiKey: 'instance-key', pid: 1 };
    writeFileSync(join(home, '.polyphony', 'instance.json'), JSON.stringify(instance));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  it('finds the running instance in the first directory that has one', () => {
    const found = findServer({}, { env: {}, directories: [join(home, 'elsewhere'), home] });
    expect(found).toEqual({ url: 'http://127.0.0.1:3456', key: 'instance-key' });
  });

  it('prefers flags to the environment and the environment to the instance', () => {
    const env = { POLYPHONY_URL: 'http://env', POLYPHONY_API_KEY: 'env-key' };
    expect(findServer({}, { env, directories: [home] })).toEqual({ url: 'http://env', key: 'env-key' });
    expect(findServer({ url: 'http://flag/', key: 'flag-key' }, { env, directories: [home] })).toEqual({
      url: 'http://flag',
      key: 'flag-key',
    });
  });

  it('looks only into the data directory the environment names', () => {
    const env = { POLYPHONY_DATA_DIR: join(home, 'empty') };
    expect(findServer({}, { env, directories: [home] })).toEqual({ url: 'http://127.0.0.1:3000', key: undefined });
  });

  it('does not send an instance’s key to another server', () => {
    expect(findServer({ url: 'http://other' }, { env: {}, directories: [home] }).key).toBeUndefined();
  });

  it('passes over a file that is not an instance', () => {
    writeFileSync(join(home, '.polyphony', 'instance.json'), '{"url":');
    expect(findServer({}, { env: {}, directories: [home] }).url).toBe('http://127.0.0.1:3000');
  });
});
