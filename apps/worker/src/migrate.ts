import 'reflect-metadata';
import { ConfigError, loadConfig } from '@polyphony/config';
import { migrateQueue } from '@polyphony/queue';
import { Database } from '@polyphony/storage';
import { runProcess } from '@polyphony/telemetry';

/** Brings the database up to this build: our tables, and the queue's where PostgreSQL carries it. Safe to run again. */
await runProcess('polyphony-migrate', async () => {
  const config = loadConfig();
  if (!config.databaseUrl)
    throw new ConfigError('DATABASE_URL is not set: there is nothing to migrate. npm start migrates its own database.');
  const database = await Database.connect({
    url: config.databaseUrl,
    poolSize: 2,
    applicationName: 'polyphony-migrate',
    statementTimeoutMs: 0,
  });
  try {
    const applied = await database.migrate();
    await migrateQueue({ databaseUrl: config.databaseUrl, poolSize: 1, ...(config.redisUrl && { redisUrl: config.redisUrl }) });
    process.stdout.write(applied.length ? `Applied ${applied.join(', ')}.\n` : 'The database is up to date.\n');
  } finally {
    await database.close();
  }
  process.exit(0);
});
