import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { expectedText } from './expected-text.js';
import { startSimulator } from './server.js';
import type { Simulator } from './server.js';

interface Received {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  /** The chunks as they arrived, so that torn writes can be seen. */
  pieces: Buffer[];
  /** Whether the body ended as HTTP says it must. */
  complete: boolean;
}

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());
beforeEach(() => simulator.journal.clear());

const paths = { chat: '/v1/chat/completions', anthropic: '/v1/messages', responses: '/v1/responses' };

/** Asks over plain HTTP. `leaveAfter` closes the connection once the received text contains it. */
function ask(
  model: string,
  options: { format?: keyof typeof paths; stream?: boolean; question?: string; leaveAfter?: string } = {},
): Promise<Received> {
  const { format = 'chat', stream = true, question = 'Why?', leaveAfter } = options;
  const messages = [{ role: 'user', content: question }];
  const body = {
    model,
    stream,
    ...(format === 'responses' ? { input: messages } : { messages }),
    ...(format === 'anthropic' && { max_tokens: 5000 }),
  };
  const headers = {
    authorization: 'Bearer key-for-tests',
    'content-type': 'application/json',
    'anthropic-version': '2026-10-21',
  };
  return new Promise((resolve, reject) => {
    const sent = httpRequest(simulator.url + paths[format], { method: 'POST', headers }, (response) => {
      const pieces: Buffer[] = [];
      const received = (complete: boolean): Received => ({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: Buffer.concat(pieces).toString(),
        pieces,
        complete,
      });
      const leaveIfSeen = (): void => {
        if (leaveAfter !== undefined && Buffer.concat(pieces).toString().includes(leaveAfter)) sent.destroy();
      };
      response.on('data', (piece: Buffer) => {
        pieces.push(piece);
        leaveIfSeen();
      });
      response.on('error', () => resolve(received(false)));
      response.on('end', () => resolve(received(response.complete)));
      response.on('close', () => resolve(received(response.complete)));
      leaveIfSeen();
    });
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
  });
}

/** The text of a chat stream, leaving out what is not JSON. */
function textOf(body: string): string {
  return body
    .split(/\r?\n\r?\n/)
    .filter((event) => event.startsWith('data: {'))
    .map((event) => {
      try {
        return (
          (JSON.parse(event.slice(6)) as { choices?: { delta?: { content?: string } }[] }).choices?.[0]?.delta?.content ?? ''
        );
      } catch {
        return '';
      }
    })
    .join('');
}

async function lastEntryEnded(): Promise<ReturnType<typeof simulator.journal.entries>[number]> {
  for (;;) {
    const entry = simulator.journal.entries().at(-1);
    if (entry?.finishedAt) return entry;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const fast = '+rate=0+ttft=0';

describe('text on demand', () => {
  it('sends exactly the numbered deltas asked for, each of the size asked for', async () => {
    const model = `sim-sage+tokens=1000+size=20${fast}`;
    const { body } = await ask(model);
    expect(textOf(body)).toBe(expectedText(model, 'Why?'));
    expect(textOf(body)).toHaveLength(20_000);
    expect((await lastEntryEnded()).deltasSent).toBe(1000);
  });

  it('never mixes two questions or two models', () => {
    const texts = [expectedText('sim-a+tokens=9', 'x'), expectedText('sim-a+tokens=9', 'y'), expectedText('sim-b+tokens=9', 'x')];
    expect(new Set(texts.flatMap((text) => text.trim().split(' '))).size).toBe(27);
  });

  it('paces hundreds of streams at once by absolute time', async () => {
    const startedAt = performance.now();
    const replies = await Promise.all(
      Array.from({ length: 200 }, (_, index) => ask('sim-sage+tokens=50+rate=100+ttft=0', { question: `q${index}` })),
    );
    const took = performance.now() - startedAt;
    replies.forEach(({ body }, index) =>
      expect(textOf(body)).toBe(expectedText('sim-sage+tokens=50+rate=100+ttft=0', `q${index}`)),
    );
    expect(took).toBeGreaterThanOrEqual(485);
    expect(took).toBeLessThan(2000);
  });
});

describe('a fault instead of a reply', () => {
  it('gives Retry-After in seconds and as a date', async () => {
    expect((await ask('sim-sage+status=429+retryAfter=2')).headers['retry-after']).toBe('2');
    const date = Date.parse((await ask('sim-sage+retryAfterDate=30')).headers['retry-after'] ?? '');
    expect(date - Date.now()).toBeGreaterThan(28_000);
    expect(date - Date.now()).toBeLessThanOrEqual(31_000);
  });

  it('happens the first times only, for each question by itself', async () => {
    const statuses = [];
    for (const question of ['a', 'a', 'b', 'a', 'b', 'b'])
      statuses.push((await ask(`sim-scout+status=503+times=2${fast}`, { question })).status);
    expect(statuses).toEqual([503, 503, 503, 200, 503, 200]);
  });

  it('flaps: down first, then up', async () => {
    expect((await ask(`sim-scout+flap=100${fast}`)).status).toBe(503);
    for (let status = 503; status !== 200;) ({ status } = await ask(`sim-scout+flap=100${fast}`));
    for (let status = 200; status !== 503;) ({ status } = await ask(`sim-scout+flap=100${fast}`));
  });

  it('resets the connection before any header', async () => {
    await expect(ask('sim-sage+reset')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await lastEntryEnded()).toMatchObject({ outcome: 'faulted', status: null, nanoUsd: 0 });
  });

  it('answers with a page of HTML, with an error under status 200, with one JSON body', async () => {
    expect(await ask('sim-sage+html')).toMatchObject({ status: 200, body: expect.stringContaining('<!doctype html>') });
    expect(JSON.parse((await ask('sim-sage+jsonError')).body)).toMatchObject({ error: { code: 502 } });
    const whole = await ask(`sim-sage+jsonBody${fast}`);
    expect(whole.headers['content-type']).toBe('application/json');
    expect(JSON.parse(whole.body)).toMatchObject({ object: 'chat.completion' });
  });

  it('keeps the connection open with pings and no content until the client leaves', async () => {
    const { body } = await ask('sim-sage+pingOnly', { leaveAfter: ': keep-alive\n\n: keep-alive\n\n' });
    expect(textOf(body)).toBe('');
    expect(await lastEntryEnded()).toMatchObject({ outcome: 'faulted', closedByClientAt: expect.any(Number) });
    const messages = await ask('sim-sage+pingOnly', { format: 'anthropic', leaveAfter: 'event: ping' });
    expect(messages.body).toContain('event: message_start');
  });

  it('sends headers and then nothing, or nothing at all', async () => {
    const headersOnly = await fetch(simulator.url + paths.chat, {
      method: 'POST',
      headers: { authorization: 'Bearer k' },
      body: JSON.stringify({ model: 'sim-sage+stallFirst', stream: true, messages: [{ role: 'user', content: 'Why?' }] }),
    });
    expect(headersOnly.status).toBe(200);
    await headersOnly.body?.cancel();
    expect(await lastEntryEnded()).toMatchObject({ deltasSent: 0, outcome: 'faulted' });
    const sent = httpRequest(simulator.url + paths.chat, { method: 'POST', headers: { authorization: 'Bearer k' } });
    sent.on('error', () => {});
    sent.end(JSON.stringify({ model: 'sim-sage+hang', messages: [{ role: 'user', content: 'hang' }] }));
    while (simulator.journal.stats().active === 0) await new Promise((resolve) => setImmediate(resolve));
    sent.destroy();
    expect(await lastEntryEnded()).toMatchObject({ status: null, outcome: 'faulted', closedByClientAt: expect.any(Number) });
  });

  it.each(['stal', 'tokens', 'tokens=x', 'stall=1', 'status=200', 'cut+cut', 'toString'])(
    'refuses the modifier %s',
    async (modifier) => {
      const { status, body } = await ask(`sim-sage+${modifier}`);
      expect(status).toBe(400);
      expect(body).toContain('modifier');
    },
  );
});

describe('a fault in mid-stream', () => {
  const model = (fault: string): string => `sim-sage+tokens=20+at=7+${fault}${fast}`;
  const firstSeven = (fault: string): string => expectedText(model(fault), 'Why?').split(' ').slice(0, 7).join(' ');

  it('cuts the connection after the deltas before it', async () => {
    const { body, complete } = await ask(model('cut'));
    expect(textOf(body).trim()).toBe(firstSeven('cut'));
    expect(complete).toBe(false);
    expect(await lastEntryEnded()).toMatchObject({ outcome: 'faulted', deltasSent: 7, outputTokens: 7, closedByClientAt: null });
  });

  it('ends cleanly without the terminal marker', async () => {
    for (const [format, marker] of [
      ['chat', '[DONE]'],
      ['anthropic', 'message_stop'],
      ['responses', 'response.completed'],
    ] as const) {
      const { body, complete } = await ask(model('eof'), { format });
      expect(complete).toBe(true);
      expect(body).toContain('7.');
      expect(body).not.toContain(marker);
    }
  });

  it('falls silent with the socket open, until the client leaves', async () => {
    const { body } = await ask(model('stall'), { leaveAfter: '7.' });
    expect(textOf(body).trim()).toBe(firstSeven('stall'));
    expect(await lastEntryEnded()).toMatchObject({ outcome: 'faulted', closedByClientAt: expect.any(Number), deltasSent: 7 });
  });

  it('slips in a chunk that is no JSON and goes on', async () => {
    const { body } = await ask(model('garbage'));
    expect(body).toContain('"content":"cut o\n');
    expect(textOf(body)).toBe(expectedText(model('garbage'), 'Why?'));
  });

  it('leaves out the usage although it was asked for', async () => {
    const { body } = await ask(model('noUsage'), { format: 'anthropic' });
    expect(body).toContain('message_stop');
    expect(body).not.toContain('"usage"');
  });
});

describe('odd but valid framing', () => {
  const question = 'Grüße, 世界?';

  it('ends lines with CRLF, or puts comments between events', async () => {
    const crlf = await ask(`sim-sage+crlf${fast}`, { question });
    expect(crlf.body).not.toMatch(/[^\r]\n/);
    expect(textOf(crlf.body)).toBe(expectedText('sim-sage', question));
    const comments = await ask(`sim-sage+comments${fast}`, { question });
    expect(comments.body).toContain(': a comment between events\n\ndata: ');
    expect(textOf(comments.body)).toBe(expectedText('sim-sage', question));
  });

  it('tears characters of several bytes between writes', async () => {
    const model = `sim-sage+tokens=10+splitUtf8${fast}`;
    const { body, pieces } = await ask(model, { question });
    expect(textOf(body)).toBe(expectedText(model, question));
    expect(expectedText(model, question)).toContain('漢');
    expect(pieces.some((piece) => ((piece[0] ?? 0) & 0xc0) === 0x80)).toBe(true);
  });

  it('writes single bytes, at a rate when one is given', async () => {
    const { body, pieces } = await ask('sim-sage+tokens=2+dribble+ttft=0', { question });
    expect(textOf(body)).toBe(expectedText('sim-sage+tokens=2+dribble+ttft=0', question));
    expect(pieces.length).toBeGreaterThan(5);
    const startedAt = performance.now();
    await ask('sim-sage+tokens=2+dribble+rate=5000+ttft=0', { question });
    expect(performance.now() - startedAt).toBeGreaterThan(100);
  });

  it('sends a line of a megabyte', async () => {
    const { body } = await ask(`sim-sage+tokens=9+hugeLine${fast}`);
    expect(textOf(body).length).toBeGreaterThan(1 << 20);
    expect(createHash('md5').update(textOf(body)).digest('hex')).toBe(
      createHash('md5')
        .update(expectedText(`sim-sage+tokens=9+hugeLine${fast}`, 'Why?'))
        .digest('hex'),
    );
  });
});

describe('the journal', () => {
  it('knows who left and when, and bills only what was sent', async () => {
    await ask('sim-scout+tokens=100000+rate=500+ttft=0', { leaveAfter: '3.' });
    const entry = await lastEntryEnded();
    expect(entry).toMatchObject({
      outcome: 'aborted',
      purpose: 'answer',
      credential: 'bearer',
      keyHint: 'ests',
      closedByClientAt: expect.any(Number),
    });
    expect(entry.outputTokens).toBeLessThan(1000);
    const bill = simulator.journal.bill();
    expect(bill).toMatchObject({
      requests: 1,
      outputTokens: entry.outputTokens,
      nanoUsd: entry.inputTokens * 100 + entry.outputTokens * 500,
    });
  });

  it('is read and cleared over HTTP', async () => {
    await ask(`sim-scout${fast}`);
    await ask('sim-scout+status=500');
    const read = async (path: string): Promise<unknown> => (await fetch(simulator.url + path)).json();
    const { entries } = (await read('/__journal')) as {
      entries: { id: number; status: number; outcome: string; outputTokens: number }[];
    };
    expect(entries).toMatchObject([
      { status: 200, outcome: 'completed' },
      { status: 500, outcome: 'faulted', outputTokens: 0 },
    ]);
    expect(await read(`/__journal?since=${entries[0]?.id}`)).toMatchObject({ entries: [{ id: entries[1]?.id }] });
    expect(await read('/__stats')).toEqual({ requests: 2, active: 0, maxActive: 1 });
    expect(await read('/__bill')).toMatchObject({ requests: 1, outputTokens: entries[0]?.outputTokens });
    await fetch(`${simulator.url}/__journal`, { method: 'DELETE' });
    expect(await read('/__journal')).toEqual({ entries: [] });
    expect(await read('/__bill')).toMatchObject({ requests: 0, nanoUsd: 0 });
  });
});

describe('who may ask, and how', () => {
  const chat = { model: 'sim-sage', messages: [{ role: 'user', content: 'Why?' }] };
  const send = async (path: string, headers: Record<string, string>, body?: object): Promise<[number, unknown]> => {
    const response = await fetch(simulator.url + path, { headers, ...(body && { method: 'POST', body: JSON.stringify(body) }) });
    return [response.status, await response.json()];
  };

  it('refuses a missing key and one that begins with invalid, in the provider’s own shape', async () => {
    expect(await send('/openai/v1/models', {})).toMatchObject([401, { error: { code: 'invalid_api_key' } }]);
    expect(await send('/anthropic/v1/models', { 'x-api-key': 'invalid-1' })).toMatchObject([
      401,
      { error: { type: 'authentication_error' } },
    ]);
  });

  it('serves both shapes of the model list at the root, by the anthropic-version header', async () => {
    expect(await send('/v1/models', { authorization: 'Bearer k' })).toMatchObject([200, { object: 'list' }]);
    const versioned = { 'x-api-key': 'k', 'anthropic-version': '2023-06-01' };
    expect(await send('/v1/models?limit=100', versioned)).toMatchObject([
      200,
      { has_more: false, first_id: 'sim-sage', last_id: 'sim-skeptic' },
    ]);
  });

  it('refuses what the providers refuse', async () => {
    const authorization = 'Bearer k';
    expect(
      await send('/v1/chat/completions', { authorization }, { ...chat, stream_options: { include_usage: true } }),
    ).toMatchObject([400, { error: { param: 'stream_options' } }]);
    expect(await send('/anthropic/v1/messages', { authorization, 'anthropic-version': '2026-10-21' }, chat)).toMatchObject([
      400,
      { error: { message: 'max_tokens: Field required' } },
    ]);
    expect((await send('/v1/nothing', { authorization }))[0]).toBe(404);
  });
});
