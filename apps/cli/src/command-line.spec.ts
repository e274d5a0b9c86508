import { UsageError, readCommandLine } from './command-line.js';

describe('readCommandLine', () => {
  it('takes the question and every option', () => {
    const args = 'Why? --models sim/a,sim/b --judges sim/c --synthesis --no-ranking --json --url http://x --key k --deadline 1.5';
    expect(readCommandLine(args.split(' '))).toEqual({
      question: 'Why?',
      models: ['sim/a', 'sim/b'],
      judges: ['sim/c'],
      synthesis: true,
      ranking: false,
      json: true,
      url: 'http://x',
      key: 'k',
      deadlineMs: 1500,
    });
  });

  it('leaves to the server what is not given', () => {
    expect(readCommandLine(['Why', 'is', 'it?'])).toMatchObject({
      question: 'Why is it?',
      models: undefined,
      deadlineMs: undefined,
      ranking: true,
      synthesis: false,
    });
  });

  it('gives help when asked', () => {
    expect(readCommandLine(['--help'])).toBe('help');
  });

  it.each([[['--json']], [['q', '--nope']], [['q', '--models', 'gpt']], [['q', '--models', ',']], [['q', '--deadline', 'soon']]])(
    'refuses %j',
    (args) => {
      expect(() => readCommandLine(args)).toThrow(UsageError);
    },
  );
});
