/**
 * Submits many comparisons at once from a process of its own, so that what is measured is the server's time and not that
 * of a test process which also plays the providers. Gets `{ url, key, bodies }`, answers with one result for each body.
 */
process.once('message', async ({ url, key, bodies }) => {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const results = await Promise.all(
    bodies.map(async (body) => {
      const at = performance.now();
      const reply = await fetch(`${url}/v1/comparisons`, { method: 'POST', headers, body: JSON.stringify(body) });
      const { id = null } = await reply.json();
      return {
        status: reply.status,
        id,
        retryAfter: reply.headers.get('retry-after'),
        tookMs: Math.round(performance.now() - at),
      };
    }),
  );
  process.send(results, () => process.disconnect());
});
