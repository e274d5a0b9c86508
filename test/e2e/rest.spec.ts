import { DryRunResult } from '@polyphony/contracts';
import { questionHash } from '@polyphony/simulator';
import { adminKey, onPostgres, until, useHouse } from '@polyphony/testing';

const quick = 'openai/sim-sage+tokens=20+rate=0+ttft=0';
const held = 'chat/sim-scout+tokens=5000+rate=20+ttft=0';
const bare = { summary: false, ranking: 'none' } as const;
const unknownId = '0190f3a0-0000-7000-8000-000000000000';

onPostgres('the REST interface', (backend) => {
  const house = useHouse(backend, { lists: true, models: [quick, held].map((model) => model.split('/')[1]!) });
  const ask = (body: object, headers: Record<string, string> = {}) =>
    house.http('POST', '/v1/comparisons', {
      body: { prompt: house.question(), panel: [quick], assessment: bare, ...body },
      headers,
    });

  describe('submitting', () => {
    it('answers 202 with where the comparison is to be found', async () => {
      const reply = await ask({});
      expect(reply.status).toBe(202);
      expect(reply.headers.get('location')).toBe(`/v1/comparisons/${reply.json.id}`);
      expect(reply.headers.get('x-request-id')).toBeTruthy();
    });

    it('estimates a dry run slot by slot without calling a model', async () => {
      const prompt = house.question();
      const reply = await ask({
        prompt,
        panel: [quick, { model: 'anthropic/sim-sage', maxOutputTokens: 100 }],
        assessment: {},
        dryRun: true,
      });
      expect(reply.status).toBe(200);
      const { estimate } = DryRunResult.parse(reply.json);
      expect(estimate.perAnswer.map(({ slot, model }) => [slot, model])).toEqual([
        [0, quick],
        [1, 'anthropic/sim-sage'],
      ]);
      expect(Number(estimate.perAnswer[1]!.costUsd)).toBeGreaterThan(0);
      expect(Number(estimate.assessmentUsd)).toBeGreaterThan(0);
      const parts = [...estimate.perAnswer.map(({ costUsd }) => Number(costUsd)), Number(estimate.assessmentUsd)];
      expect(Number(estimate.totalUsd)).toBeCloseTo(
        parts.reduce((sum, part) => sum + part),
        8,
      );
      expect(house.calls(questionHash(prompt))).toEqual([]);
    });

    it('refuses a ceiling the estimate does not fit under, before any call', async () => {
      const reply = await ask({ panel: ['anthropic/sim-sage'], maxCostUsd: '0.000001' });
      expect(reply.status).toBe(402);
      expect(reply.json).toMatchObject({ code: 'budget_exceeded', limitUsd: '0.000001', estimateUsd: expect.any(String) });
    });
  });

  describe('an idempotency key', () => {
    it('makes many equal submissions at once into one comparison', async () => {
      const body = { prompt: house.question() };
      const replies = await Promise.all(Array.from({ length: 12 }, () => ask(body, { 'idempotency-key': 'twelve' })));
      expect(new Set(replies.map(({ json }) => json.id)).size).toBe(1);
      expect(replies.map(({ status }) => status).toSorted()).toEqual([...Array(11).fill(200), 202]);
    });

    it('means the same whatever order the members of the body are in', async () => {
      const prompt = house.question();
      const first = await ask({ prompt, metadata: { a: '1', b: '2' } }, { 'idempotency-key': 'order' });
      const again = await house.http('POST', '/v1/comparisons', {
        body: { metadata: { b: '2', a: '1' }, assessment: { ranking: 'none', summary: false }, panel: [quick], prompt },
        headers: { 'idempotency-key': 'order' },
      });
      expect([again.status, again.json.id]).toEqual([200, first.json.id]);
    });

    it('is refused for another body', async () => {
      await ask({}, { 'idempotency-key': 'taken' });
      const other = await ask({ prompt: 'Something else?' }, { 'idempotency-key': 'taken' });
      expect(other.status).toBe(409);
      expect(other.json.code).toBe('idempotency_conflict');
    });

    it('calls its model once however often it is used', async () => {
      const body = { prompt: house.question(), panel: ['chat/sim-skeptic'] };
      const [first] = await Promise.all([1, 2, 3].map(() => ask(body, { 'idempotency-key': 'once' })));
      await until(
        async () => (await house.http('GET', `/v1/comparisons/${first!.json.id}`)).json.status === 'completed',
        'it is completed',
      );
      expect(house.calls().filter(({ model, purpose }) => model === 'sim-skeptic' && purpose === 'answer')).toHaveLength(1);
    });
  });

  describe('reading', () => {
    it('lists newest first, page by page, each once', async () => {
      const made: string[] = [];
      for (let count = 0; count < 5; count++) made.unshift((await ask({})).json.id);
      const seen: string[] = [];
      let cursor = '';
      do {
        const page = await house.http('GET', `/v1/comparisons?limit=2${cursor && `&cursor=${cursor}`}`);
        expect(page.json.items.length).toBeLessThanOrEqual(2);
        seen.push(...page.json.items.map(({ id }: { id: string }) => id));
        cursor = page.json.nextCursor;
      } while (cursor);
      expect(seen.slice(0, 5)).toEqual(made);
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toEqual(seen.toSorted().reverse());
    });

    it('exports all answers, the ranking and the cost, as JSON and as Markdown', async () => {
      const asked = await house.comparison({ panel: [quick, 'anthropic/sim-scout'] });
      const comparison = await asked.ends();
      const json = await house.http('GET', `/v1/comparisons/${asked.id}/export?format=json`);
      expect(JSON.parse(json.text)).toEqual(comparison);
      const markdown = await house.http('GET', `/v1/comparisons/${asked.id}/export?format=markdown`);
      expect(markdown.headers.get('content-type')).toMatch('text/markdown');
      expect(markdown.headers.get('content-disposition')).toMatch('attachment');
      for (const { text } of comparison.answers) expect(markdown.text).toContain(text);
      expect(markdown.text).toContain('## Ranking');
      expect(markdown.text).toContain(`$${comparison.cost.totalUsd}`);
    });

    it('forgets a deleted comparison and stops what still ran of it', async () => {
      const asked = await house.comparison({ panel: [held], assessment: bare });
      await asked.hasWritten(0);
      expect((await house.http('DELETE', `/v1/comparisons/${asked.id}`)).status).toBe(204);
      expect((await house.http('GET', `/v1/comparisons/${asked.id}`)).status).toBe(404);
      expect((await house.http('GET', `/v1/comparisons/${asked.id}/events`)).status).toBe(404);
      await until(() => asked.calls()[0]!.closedByClientAt !== null, 'the upstream call is closed');
    });

    it('lists the models that can be asked, with their prices', async () => {
      const { json } = await house.http('GET', '/v1/models');
      expect(json.items).toContainEqual(
        expect.objectContaining({
          id: 'anthropic/sim-sage',
          provider: 'anthropic',
          simulated: false,
          prices: expect.objectContaining({ input: 3, output: 15 }),
        }),
      );
      expect(new Set(json.items.map(({ provider }: { provider: string }) => provider))).toEqual(
        new Set(['anthropic', 'openai', 'chat']),
      );
    });
  });

  describe('refusals', () => {
    const problem = (status: number, code: string) => ({
      status,
      json: expect.objectContaining({
        status,
        code,
        requestId: expect.any(String),
        detail: expect.any(String),
        title: expect.any(String),
        type: expect.any(String),
      }),
    });

    it.each([
      ['an unknown field', { prompts: 'typo' }],
      ['an unknown field of a slot', { panel: [{ model: quick, temprature: 1 }] }],
      ['an empty panel', { panel: [] }],
      ['seventeen slots', { panel: Array(17).fill(quick) }],
      ['neither prompt nor messages', { prompt: undefined }],
      ['both prompt and messages', { messages: [{ role: 'user', content: 'x' }] }],
      ['more wanted answers than slots', { policy: { minAnswers: 2 } }],
      ['a model id without a provider', { panel: ['sim-sage'] }],
    ])('names the fault of %s', async (_, body) => {
      const reply = await ask(body);
      expect(reply).toMatchObject(problem(400, 'invalid_request'));
      expect(reply.headers.get('content-type')).toMatch('application/problem+json');
      expect(reply.json.errors.length).toBeGreaterThan(0);
    });

    it('says so when the body is not JSON', async () => {
      const reply = await house.http('POST', '/v1/comparisons', { body: '{"prompt": ' });
      expect(reply).toMatchObject(problem(400, 'invalid_request'));
    });

    it('takes JSON only, so that no form of another site can be posted', async () => {
      const form = { body: 'prompt=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
      expect(await house.http('POST', '/v1/comparisons', form)).toMatchObject(problem(415, 'unsupported_media_type'));
    });

    it('takes an empty body for none, whatever its content type says', async () => {
      const { id } = (await ask({ panel: [held] })).json;
      const empty = { headers: { 'content-type': 'application/json' } };
      for (const step of ['finish', 'cancel'])
        expect((await house.http('POST', `/v1/comparisons/${id}/${step}`, empty)).status).toBe(202);
      expect((await house.http('DELETE', `/v1/comparisons/${id}`, empty)).status).toBe(204);
    });

    it.each([
      ['a provider that is not configured', 'nobody/some-model'],
      ['a model its provider does not list', 'openai/not-there'],
    ])('does not know %s', async (_, model) => {
      expect(await ask({ panel: [model] })).toMatchObject(problem(400, 'unknown_model'));
      expect(await ask({ assessment: { judges: [model] } })).toMatchObject(problem(400, 'unknown_model'));
    });

    it.each([
      ['no key', null],
      ['a wrong key', 'not-the-key-of-anybody'],
    ])('lets nobody in with %s', async (_, key) => {
      for (const [method, path] of [
        ['GET', ''],
        ['POST', ''],
        ['GET', `/${unknownId}`],
        ['GET', `/${unknownId}/events`],
        ['POST', `/${unknownId}/cancel`],
      ] as const)
        expect(await house.http(method, `/v1/comparisons${path}`, { key, ...(method === 'POST' && { body: {} }) })).toMatchObject(
          problem(401, 'unauthenticated'),
        );
    });

    it('answers an id nobody has like one that does not exist, on every route', async () => {
      for (const [method, path] of [
        ['GET', ''],
        ['DELETE', ''],
        ['GET', '/events'],
        ['GET', '/export'],
        ['POST', '/cancel'],
        ['POST', '/finish'],
        ['POST', `/answers/${unknownId}/retry`],
        ['POST', `/answers/${unknownId}/cancel`],
        ['POST', '/assessments'],
      ] as const)
        expect(
          await house.http(method, `/v1/comparisons/${unknownId}${path}`, method === 'POST' ? { body: {} } : {}),
        ).toMatchObject(problem(404, 'not_found'));
    });

    it('does not find an answer under another comparison', async () => {
      const [one, other] = await Promise.all([
        house.comparison({ panel: [quick], assessment: bare }),
        house.comparison({ panel: [quick], assessment: bare }),
      ]);
      await Promise.all([one.ends(), other.ends()]);
      expect(await one.post(`answers/${other.accepted.answers[0]!.id}/retry`)).toMatchObject(problem(404, 'not_found'));
    });

    it('takes no question beyond the operator’s limit, and no body beyond the server’s', async () => {
      expect(await ask({ prompt: 'x'.repeat(200_001) })).toMatchObject(problem(413, 'too_large'));
      expect(await ask({ prompt: 'x'.repeat(4_100_000) })).toMatchObject(problem(413, 'too_large'));
    });

    it('retries no answer that is still being written, and assesses nothing that has not ended', async () => {
      const asked = await house.comparison({ panel: [held], assessment: bare });
      await asked.hasWritten(0);
      expect(await asked.post(`answers/${asked.accepted.answers[0]!.id}/retry`)).toMatchObject(problem(409, 'conflict'));
      expect(await asked.post('assessments', {})).toMatchObject(problem(409, 'conflict'));
      await asked.post('cancel');
    });
  });

  describe('what surrounds it', () => {
    it('describes itself in OpenAPI and on a page', async () => {
      const { json } = await house.http('GET', '/openapi.json', { key: null });
      expect(json.openapi).toMatch(/^3\./);
      expect(Object.keys(json.paths)).toEqual(
        expect.arrayContaining(['/v1/comparisons', '/v1/comparisons/{id}/events', '/v1/models']),
      );
      expect((await house.http('GET', '/docs', { key: null })).text).toMatch(/<html/i);
    });

    it('shows the queue dashboard to an administrator only', async () => {
      expect((await house.http('GET', '/admin/queues', { key: null })).status).toBe(401);
      expect((await house.http('GET', '/admin/queues/api/queues', { key: null })).status).toBe(401);
      expect((await house.http('GET', '/admin/queues', { key: adminKey })).text).toMatch(/<html/i);
      const queues = await house.http('GET', '/admin/queues/api/queues');
      expect(queues.json.queues.map(({ name }: { name: string }) => name)).toEqual(
        expect.arrayContaining(['answers-openai', 'answers-chat', 'steps', 'timers']),
      );
    });

    it('counts requests for Prometheus', async () => {
      expect((await house.http('GET', '/metrics', { key: null })).text).toMatch(
        /polyphony_http_request_seconds_count\{.*route="\/v1\/comparisons"/,
      );
    });

    it('opens a session for a key, by cookie too, and ends it', async () => {
      const signedIn = await house.http('POST', '/v1/auth/sign-in', { key: null, body: { key: adminKey } });
      expect(signedIn.status).toBe(200);
      const cookie = signedIn.headers.get('set-cookie')!;
      expect(cookie).toMatch(/HttpOnly/i);
      expect(cookie).toMatch(/SameSite=Lax/i);
      const headers = { cookie: cookie.split(';')[0]! };
      expect((await house.http('GET', '/v1/me', { key: null, headers })).json).toMatchObject({ role: 'owner' });
      expect(
        (
          await house.http('POST', '/v1/comparisons', {
            key: null,
            headers: { ...headers, origin: 'http://evil.example' },
            body: {},
          })
        ).status,
      ).toBe(403);
      await house.http('POST', '/v1/auth/sign-out', { key: null, headers });
      expect((await house.http('GET', '/v1/me', { key: null, headers })).status).toBe(401);
    });
  });
});
