type Model = { id: string; provider: string; simulated: boolean; prices: { output: number } | null };
const { mixProviders, welcome } = jest.requireActual<{
  mixProviders(models: Model[]): string[];
  welcome(facts: { url: string; dataDir: string; adminApiKey?: string; simulated: boolean; panel: string[] }): string;
}>('./welcome.mjs');

const model = (id: string, output: number | null, simulated = false): Model => ({
  id,
  provider: id.split('/')[0]!,
  simulated,
  prices: output === null ? null : { output },
});

it('tries different providers first, cheapest first, four at most and none that is simulated', () => {
  const models = [
    model('a/dear', 30),
    model('a/cheap', 1),
    model('a/unpriced', null),
    model('b/dear', 40),
    model('b/mid', 5),
    model('simulated/sim-sage', 0, true),
  ];
  expect(mixProviders(models)).toEqual(['a/cheap', 'b/mid', 'a/dear', 'b/dear']);
});

it('shows a command that works as it stands', () => {
  const shown = welcome({
    url: 'http://127.0.0.1:3000',
    dataDir: '/data',
    adminApiKey: 'pk_x',
    simulated: true,
    panel: ['simulated/sim-sage'],
  });
  const command = shown.split('\n').find((line) => line.includes('curl'))!;
  expect(command).toContain('http://127.0.0.1:3000/v1/comparisons');
  expect(JSON.parse(/-d '(.*)'$/.exec(command)![1]!)).toEqual({ prompt: 'Why is the sky blue?', panel: ['simulated/sim-sage'] });
});

it('says how to get in where there is no key to show', () => {
  const shown = welcome({ url: 'http://127.0.0.1:3000', dataDir: '/data', simulated: false, panel: [] });
  expect(shown).toContain('POLYPHONY_ADMIN_API_KEY');
  expect(shown).not.toContain('curl');
});
