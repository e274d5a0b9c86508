import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@polyphony/config';
import { startPostgres } from '@polyphony/embedded';
import { createLogger } from '@polyphony/telemetry';
import { createApi } from '../../apps/api/dist/api.js';
import { openApiDocument } from '../../apps/api/dist/operations/openapi.js';
import { keepCurrent } from './keep-current.mjs';

// The application connects while it is put together, so it is given a database of its own for a moment.
const dataDir = mkdtempSync(join(tmpdir(), 'polyphony-openapi-'));
const postgres = await startPostgres({ dataDir });
try {
  const config = loadConfig({
    DATABASE_URL: postgres.url,
    POLYPHONY_SECRET: randomBytes(32).toString('base64'),
    LOG_LEVEL: 'silent',
  });
  const app = await createApi(config, postgres.url, createLogger(config, 'openapi', false));
  const document = openApiDocument(app);
  await app.close();
  keepCurrent(
    new URL('../../docs/openapi.json', import.meta.url),
    `${JSON.stringify(document, null, 2)}\n`,
    'npm run docs:openapi',
  );
} finally {
  await postgres.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
