import { setTimeout as sleep } from 'node:timers/promises';

const question = 'Why is the sky blue?';
const simulatedPanel = ['simulated/sim-sage', 'simulated/sim-bard', 'simulated/sim-scout', 'simulated/sim-skeptic'];

/**
 * What the terminal shows once everything serves.
 * @param {{ url: string, dataDir: string, adminApiKey?: string, simulated: boolean, panel: string[] }} facts
 */
export function welcome({ url, dataDir, adminApiKey, simulated, panel }) {
  const body = JSON.stringify({ prompt: question, panel });
  const models = simulated
    ? 'simulated models until you set ANTHROPIC_API_KEY or OPENAI_API_KEY and start again'
    : panel.length > 0
      ? `${panel.join(', ')} and more: ${url}/v1/models`
      : `none discovered yet; see ${url}/v1/models`;
  const lines = [
    '',
    'Polyphony is running.',
    '',
    `  Address   ${url}`,
    adminApiKey
      ? `  Sign in   ${url}/#key=${adminApiKey}`
      : `  Sign in   sign up at ${url}, or set POLYPHONY_ADMIN_API_KEY and start again`,
    `  Models    ${models}`,
    `  Data      ${dataDir}`,
    '',
  ];
  if (adminApiKey) {
    lines.push('Try it in another terminal:', '', `  npm run ask -- "${question}"`);
    if (panel.length > 0)
      lines.push(
        `  curl -s ${url}/v1/comparisons -H 'authorization: Bearer ${adminApiKey}' -H 'content-type: application/json' -d '${body}'`,
      );
    lines.push('');
  }
  lines.push('Ctrl-C stops it.', '');
  return lines.join('\n');
}

/**
 * Up to four models to try first: the simulated voices, or else what the API offers, of different providers where possible
 * and cheapest first. Discovery runs in the background after a start, so an empty list is asked for again for a moment.
 * @returns {Promise<string[]>} ModelIds; empty when nothing is offered
 */
export async function choosePanel({ url, adminApiKey, simulated, patienceMs = 3000 }) {
  if (simulated) return simulatedPanel;
  if (!adminApiKey) return [];
  for (const until = Date.now() + patienceMs; ; await sleep(250)) {
    const panel = mixProviders(await offeredModels(url, adminApiKey));
    if (panel.length > 0 || Date.now() > until) return panel;
  }
}

async function offeredModels(url, adminApiKey) {
  try {
    const response = await fetch(`${url}/v1/models`, {
      headers: { authorization: `Bearer ${adminApiKey}` },
      signal: AbortSignal.timeout(2000),
    });
    return response.ok ? (await response.json()).items : [];
  } catch {
    return [];
  }
}

/** @param {{ id: string, provider: string, simulated: boolean, prices: { output: number } | null }[]} models */
export function mixProviders(models) {
  const price = (model) => model.prices?.output ?? Number.MAX_VALUE;
  const turns = new Map();
  return models
    .filter((model) => !model.simulated)
    .sort((one, other) => price(one) - price(other))
    .map((model) => {
      const turn = turns.get(model.provider) ?? 0;
      turns.set(model.provider, turn + 1);
      return { id: model.id, turn };
    })
    .sort((one, other) => one.turn - other.turn)
    .slice(0, 4)
    .map(({ id }) => id);
}
