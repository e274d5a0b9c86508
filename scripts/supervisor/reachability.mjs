import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { Refusal } from './refusal.mjs';

/**
 * Refuses when the API could not listen. `patienceMs`: how long the remains of a killed predecessor may still hold the port.
 * @param {number} port 0 for any @param {string} host @param {number} patienceMs
 * @returns {Promise<number>} the port, a free one where any would do
 */
export async function freePort(port, host, patienceMs = 0) {
  for (const until = Date.now() + patienceMs; ; await sleep(200)) {
    const outcome = await tryToListen(port, host);
    if (typeof outcome === 'number') return outcome;
    if (outcome === 'EADDRINUSE' && Date.now() < until) continue;
    if (outcome === 'EADDRINUSE') throw new Refusal(`Port ${port} is already in use; set PORT to another one.`);
    if (outcome === 'EACCES') throw new Refusal(`Port ${port} needs more rights than this user has; set PORT to one above 1023.`);
    throw new Refusal(`This machine cannot listen on ${host} (${outcome}); set POLYPHONY_HOST to an address it has.`);
  }
}

function tryToListen(port, host) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error) => resolve(error.code));
    probe.listen({ port, host }, () => {
      const chosen = probe.address().port;
      probe.close(() => resolve(chosen));
    });
  });
}

/** Bytes that make a server of each kind answer before anyone signs in: PostgreSQL's SSLRequest, and Redis's PING. */
const greetings = {
  postgresql: Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]),
  redis: Buffer.from('PING\r\n'),
};

/**
 * Refuses when the server of a connection URL does not answer in time. An open port that stays silent does not count.
 * @param {'postgresql' | 'redis'} kind @param {string} variable the setting that holds the URL @param {string} url
 */
export async function checkAnswers(kind, variable, url, patienceMs = 5000) {
  const target = endpoint(kind, url);
  if (!target) return;
  const problem = await greet(target, greetings[kind], patienceMs);
  if (!problem) return;
  const name = kind === 'redis' ? 'Redis' : 'The database';
  throw new Refusal(`${name} at ${target.name} does not answer (${problem}); check that it runs and that ${variable} is right.`);
}

/** Undefined where the URL is of a form only the driver understands, such as several hosts. */
function endpoint(kind, text) {
  let url;
  try {
    url = new URL(text);
  } catch {
    return undefined;
  }
  const port = Number(url.port || (kind === 'redis' ? 6379 : 5432));
  const socketFolder = [url.searchParams.get('host'), decodeURIComponent(url.hostname)].find((host) => host?.startsWith('/'));
  if (socketFolder) return { name: socketFolder, open: () => connect(`${socketFolder}/.s.PGSQL.${port}`) };
  const host = (url.searchParams.get('host') || url.hostname || 'localhost').replace(/^\[(.*)\]$/, '$1');
  // Only whether it is there is asked, nothing is sent that an impostor could use; the drivers check certificates.
  const open = () =>
    url.protocol === 'rediss:'
      ? connectTls({ host, port, servername: host, rejectUnauthorized: false })
      : connect({ host, port });
  return { name: `${host}:${port}`, open };
}

function greet({ open }, greeting, patienceMs) {
  return new Promise((resolve) => {
    const socket = open();
    const settle = (problem) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(problem);
    };
    const timer = setTimeout(() => settle(`nothing within ${patienceMs / 1000} s`), patienceMs);
    socket.once('error', (error) => settle(error.code ?? 'connection failed'));
    socket.once('close', () => settle('it hung up'));
    socket.once('data', () => settle(undefined));
    socket.write(greeting);
  });
}
