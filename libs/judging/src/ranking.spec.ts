import { Ranking } from '@polyphony/contracts';
import * as fc from 'fast-check';
import { rank } from './ranking.js';
import type { RankRequest } from './ranking.js';
import { answer, ballot, judged, request } from './ranking.fixture.js';

const [a, b, c] = [answer('a'), answer('b'), answer('c')];
const places = (result: ReturnType<typeof rank>) =>
  Object.fromEntries(result.ranking.places.map(({ answerId, place }) => [answerId, place]));

describe('ranking by a panel', () => {
  it('is clear when judges agree in both orders', () => {
    const { ranking, consistency } = rank(
      request([a, b, c], [...judged('j/1', { a: 90, b: 50, c: 20 }), ...judged('j/2', { a: 80, b: 60, c: 40 })]),
    );
    expect(ranking).toMatchObject({
      mode: 'panel',
      outcome: 'clear',
      confidence: 0.9687,
      places: [
        { answerId: 'a', place: 1, score: 1, meanScore: 85, flags: [] },
        { answerId: 'b', place: 2, score: 0.5, meanScore: 55 },
        { answerId: 'c', place: 3, score: 0, meanScore: 30 },
      ],
      unranked: [],
      judges: [
        { model: 'j/1', weight: 0.5, ballots: 2, invalidBallots: 0, orderConsistency: 1 },
        { model: 'j/2', weight: 0.5, ballots: 2, invalidBallots: 0, orderConsistency: 1 },
      ],
      answerIds: ['a', 'b', 'c'],
    });
    expect(consistency).toEqual([
      { judge: 'j/1', agree: 3, total: 3 },
      { judge: 'j/2', agree: 3, total: 3 },
    ]);
    expect(
      Ranking.safeParse({ ...ranking, version: 1, createdAt: new Date(0).toISOString() }).error?.issues.map(
        (issue) => issue.path[0],
      ),
    ).not.toContain('judges');
  });

  it('weighs judges by their order consistency, history included', () => {
    const ballots = [...judged('j/steady', { a: 90, b: 50 }), ...judged('j/fickle', { a: 40, b: 60 })];
    const { ranking } = rank(
      request([a, b], ballots, { history: { 'j/steady': { agree: 95, total: 99 }, 'j/fickle': { agree: 49, total: 99 } } }),
    );
    expect(ranking.judges).toMatchObject([
      { model: 'j/fickle', weight: 0.4, orderConsistency: 0.5 },
      { model: 'j/steady', weight: 0.6, orderConsistency: 0.96 },
    ]);
    expect(ranking.places[0]).toMatchObject({ answerId: 'a', score: 0.6 });
  });

  it('counts a judge with one valid order half, and lists the ballot it lost', () => {
    const half = judged('j/half', { a: 10, b: 90 });
    half[1] = { judge: 'j/half', order: 'reverse', ballot: null, reason: 'no JSON' };
    const history = { 'j/half': { agree: 9, total: 10 }, 'j/whole': { agree: 8, total: 9 } };
    const { ranking, consistency } = rank(request([a, b], [...half, ...judged('j/whole', { a: 90, b: 10 })], { history }));
    expect(ranking.judges).toMatchObject([
      { model: 'j/half', ballots: 1, invalidBallots: 1 },
      { model: 'j/whole', ballots: 2, invalidBallots: 0 },
    ]);
    expect(ranking.judges[1]!.weight).toBe(0.6);
    expect(consistency).toEqual([{ judge: 'j/whole', agree: 1, total: 1 }]);
    expect(ranking.explanation).toContain('1 ballot could not be used');
  });

  it('gives answers of nearly equal score the same place and calls it a toss-up', () => {
    const { ranking } = rank(
      request([a, b, c], [...judged('j/1', { a: 90, b: 90, c: 10 }), ...judged('j/2', { a: 80, b: 80, c: 5 })]),
    );
    expect(ranking.places.map(({ answerId, place }) => [answerId, place])).toEqual([['a', 1], ['b', 1], ['c', 3]]); // prettier-ignore
    expect(ranking).toMatchObject({ outcome: 'tossUp', confidence: 0.5 });
    expect(ranking.explanation).toMatch(/^panel\/a and panel\/b share first place \(a toss-up/);
  });

  it('is contested when the absence of one judge would change the winner', () => {
    const { ranking } = rank(
      request([a, b], [...judged('j/1', { a: 90, b: 50 }), ...judged('j/2', { a: 40, b: 60 })], {
        history: { 'j/1': { agree: 50, total: 50 } },
      }),
    );
    expect(ranking.outcome).toBe('contested');
    expect(ranking.explanation).toContain('Without j/1 another answer would be first.');
  });

  it('discounts a judge’s votes on its own answer once two others voted, and is contested when they decide', () => {
    const own = answer('own', { model: 'j/1' });
    const other = answer('other');
    const ballots = [
      ...judged('j/1', { own: 90, other: 10 }),
      ...judged('j/2', { own: 40, other: 60 }),
      ...judged('j/3', { own: 40, other: 60 }),
    ];
    const history = { 'j/1': { agree: 100, total: 100 } };
    const { ranking } = rank(request([own, other], ballots, { history }));
    expect(ranking.outcome).toBe('contested');
    expect(ranking.explanation).toContain('Without votes of judges on their own answers');
    const alone = rank(request([own, other], ballots.slice(0, 2)));
    expect(alone.ranking.places[0]).toMatchObject({ answerId: 'own', score: 1 });
  });

  it('breaks ties inside a place by pairs won, then mean score, then id', () => {
    const { ranking } = rank(
      request([c, b, a], [...judged('j/1', { a: 70, b: 70, c: 70 }), ...judged('j/2', { a: 50, b: 50, c: 50 })]),
    );
    expect(ranking.places.map(({ answerId, place }) => [answerId, place])).toEqual([['a', 1], ['b', 1], ['c', 1]]); // prettier-ignore
  });

  it('ignores abstentions and says so', () => {
    const abstaining = [
      { judge: 'j/2', order: 'forward' as const, ballot: ballot({}, { abstain: true }) },
      { judge: 'j/2', order: 'reverse' as const, ballot: ballot({}, { abstain: true }) },
    ];
    const { ranking } = rank(request([a, b], [...judged('j/1', { a: 90, b: 50 }), ...abstaining]));
    expect(ranking.judges).toMatchObject([{ model: 'j/1', weight: 1 }, { model: 'j/2', weight: 0, ballots: 2, invalidBallots: 0 }]); // prettier-ignore
    expect(ranking.explanation).toContain('2 ballots abstained');
  });

  it('does not use a ballot that lacks an answer', () => {
    const { ranking } = rank(request([a, b, c], [...judged('j/1', { a: 90, b: 50, c: 40 }), ...judged('j/2', { a: 1, b: 2 })]));
    expect(ranking.judges[1]).toMatchObject({ model: 'j/2', weight: 0, ballots: 0, invalidBallots: 2 });
  });

  it('lists excluded and empty answers as unranked, never judged', () => {
    const { ranking } = rank(
      request([a, b, answer('void', { text: ' \n' })], judged('j/1', { a: 90, b: 50, void: 0 }), {
        excluded: [{ answerId: 'x', reason: 'failed' }],
      }),
    );
    expect(ranking.unranked).toEqual([{ answerId: 'x', reason: 'failed' }, { answerId: 'void', reason: 'the answer is empty' }]); // prettier-ignore
    expect(ranking.answerIds).toEqual(['a', 'b']);
  });

  it('quotes the weightiest judge’s reason with model names for short ids', () => {
    const spoken = ballot({ a: 90, b: 50 }, { idOf: { qx: 'a', zk: 'b' } });
    spoken.candidates[0]!.analysis = 'qx is right where zk\u202e errs; qxzk stays.';
    const { ranking } = rank(request([a, b], [{ judge: 'j/1', order: 'forward', ballot: spoken }]));
    expect(ranking.explanation).toBe(
      'panel/a is first, preferred to panel/b by 100% of the weighted votes (likely, confidence 0.75). 1 judge gave 1 ballot. Judges who judged in one order only count half. j/1 (weight 100%) on panel/a: “panel/a is right where panel/b errs; qxzk stays.”',
    );
  });

  it('tells answers of the same model apart in words', () => {
    const twins = [answer('a', { model: 'm/x' }), answer('b', { model: 'm/x' })];
    expect(rank(request(twins, judged('j/1', { a: 90, b: 50 }))).ranking.explanation).toContain(
      'm/x (1) is first, preferred to m/x (2)',
    );
  });
});

describe('text directed at judges', () => {
  const flagged = answer('c', { flags: ['judge_directed_text'] });
  const honest = [...judged('j/1', { a: 90, b: 60, c: 20 }), ...judged('j/2', { a: 85, b: 70, c: 30 })];

  it('does not win by one obedient judge, however consistent that judge is', () => {
    const obedient = judged('j/3', { a: 80, b: 60, c: 100 });
    const history = { 'j/3': { agree: 1000, total: 1000 } };
    const { ranking } = rank(request([a, b, flagged], [...honest, ...obedient], { history }));
    expect(ranking.judges[2]!.weight).toBe(0.45);
    expect(places({ ranking, consistency: [] })).toMatchObject({ a: 1 });
    const pair = rank(request([a, flagged], [...honest, ...obedient], { history })).ranking;
    expect(pair.places[0]!.answerId).toBe('a');
  });

  it('is at most contested, never clear, when every judge obeys', () => {
    const obeyed = ['j/1', 'j/2', 'j/3'].flatMap((judge) => judged(judge, { a: 10, b: 10, c: 100 }));
    const { ranking } = rank(request([a, b, flagged], obeyed));
    expect(ranking).toMatchObject({ outcome: 'contested', confidence: 0.5 });
    expect(ranking.explanation).toContain('directed at the judges');
  });

  it('is contested when a single judge obeys it unflagged and so decides', () => {
    const obedient = judged('j/3', { a: 10, c: 100 });
    const { ranking } = rank(request([a, c], [...honest, ...obedient], { history: { 'j/3': { agree: 1000, total: 1000 } } }));
    expect(ranking.places[0]!.answerId).toBe('c');
    expect(ranking.outcome).toBe('contested');
  });

  it('lowers the confidence of an honest winner but never the place of the flagged answer', () => {
    const clean = rank(request([a, b, c], honest)).ranking;
    const suspect = rank(request([a, b, flagged], honest)).ranking;
    expect(suspect.confidence).toBeLessThan(clean.confidence);
    expect(suspect.places.map(({ answerId, score }) => [answerId, score])).toEqual(
      clean.places.map(({ answerId, score }) => [answerId, score]),
    );
    expect(suspect.places[2]!.flags).toEqual(['judge_directed_text']);
  });

  it('is flagged as soon as one judge sees it, other flags by half of the weight', () => {
    const seen = judged('j/3', { a: 90, b: 60, c: 20 });
    seen[0]!.ballot!.candidates[2]!.flags = ['judge_directed_text', 'off_topic'];
    expect(rank(request([a, b, c], [...honest, ...seen])).ranking.places[2]!.flags).toEqual(['judge_directed_text']);
  });
});

describe('when there is nothing to judge', () => {
  it('gives a single answer its place without a score', () => {
    const { ranking } = rank(request([a], [], { excluded: [{ answerId: 'b', reason: 'the call failed' }] }));
    expect(ranking).toMatchObject({
      mode: 'unranked',
      outcome: 'unranked',
      confidence: 0,
      places: [{ answerId: 'a', place: 1, score: 0 }],
      unranked: [{ answerId: 'b', reason: 'the call failed' }],
    });
    expect(ranking.explanation).toContain('only one answer');
  });

  it('gives no place without a valid ballot, and says what can be seen', () => {
    const answers = [
      answer('a', { text: 'So the answer is 42.' }),
      answer('b', { text: 'It follows.\n**42**' }),
      answer('c', { text: 'I think the total is', flags: ['truncated'] }),
    ];
    const lost = [{ judge: 'j/1', order: 'forward' as const, ballot: null, reason: 'no JSON' }];
    const { ranking, consistency } = rank(request(answers, lost));
    expect(ranking).toMatchObject({ mode: 'unranked', outcome: 'unranked', confidence: 0, places: [] });
    expect(ranking.unranked).toEqual([
      { answerId: 'a', reason: 'no judge gave a valid ballot' },
      { answerId: 'b', reason: 'no judge gave a valid ballot' },
      { answerId: 'c', reason: 'no judge gave a valid ballot; cut off' },
    ]);
    expect(ranking.judges).toEqual([{ model: 'j/1', weight: 0, ballots: 0, invalidBallots: 1, orderConsistency: null }]);
    expect(ranking.explanation).toBe(
      'Not ranked: no judge gave a valid ballot (1 invalid). Incomplete: panel/c (cut off). 2 of 3 answers end in the same value: 42. The answers stand in the order they were asked for.',
    );
    expect(consistency).toEqual([]);
  });

  it('stands without any answer or judge', () => {
    expect(rank(request([], [])).ranking).toMatchObject({ outcome: 'unranked', places: [], unranked: [] });
    expect(rank(request([a, b], [])).ranking.explanation).toContain('there was no judge');
  });
});

describe('any ranking', () => {
  const ids = ['a', 'b', 'c', 'd', 'e'];
  const score = fc.integer({ min: 0, max: 20 }).map((step) => step * 5);
  const scenario = fc
    .record({ answers: fc.integer({ min: 2, max: 5 }), judges: fc.integer({ min: 1, max: 4 }) })
    .chain(({ answers, judges }) =>
      fc.record({
        answers: fc.array(fc.constantFrom('panel/x', 'panel/y', 'j/0', 'j/1'), { minLength: answers, maxLength: answers }),
        scores: fc.array(fc.array(score, { minLength: answers * 2, maxLength: answers * 2 }), {
          minLength: judges,
          maxLength: judges,
        }),
        history: fc.array(fc.tuple(fc.nat(50), fc.nat(50)), { minLength: judges, maxLength: judges }),
        flagged: fc.boolean(),
      }),
    )
    .map(({ answers, scores, history, flagged }): RankRequest => {
      const panel = answers.map((model, index) =>
        answer(ids[index]!, { model, flags: flagged && index === 0 ? ['judge_directed_text'] : [] }),
      );
      const slice = (of: number[], from: number) =>
        Object.fromEntries(panel.map(({ answerId }, index) => [answerId, of[from + index]!]));
      return request(
        panel,
        scores.flatMap((of, judge) => judged(`j/${judge}`, slice(of, 0), slice(of, panel.length))),
        { history: Object.fromEntries(history.map(([agree, more], judge) => [`j/${judge}`, { agree, total: agree + more }])) },
      );
    });

  it('does not change when answers and ballots come in another order', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const turned = { ...given, answers: given.answers.toReversed(), ballots: given.ballots.toReversed() };
        const [one, other] = [rank(given).ranking, rank(turned).ranking];
        expect(other).toEqual({ ...one, answerIds: one.answerIds.toReversed(), explanation: other.explanation });
      }),
    );
  });

  // The seed is of a run in which the name of an answer decided which of two seconds the winner was measured against.
  it.each([{}, { seed: -1276842701 }])('does not change when answers are renamed %j', (parameters) => {
    fc.assert(
      fc.property(scenario, (given) => {
        const renamed = (id: string) => `z${9 - ids.indexOf(id)}`;
        const other = rank({
          ...given,
          answers: given.answers.map((of) => ({ ...of, answerId: renamed(of.answerId) })),
          ballots: given.ballots.map((of) => ({
            ...of,
            ballot: {
              ...of.ballot!,
              candidates: of.ballot!.candidates.map((candidate) => ({ ...candidate, answerId: renamed(candidate.answerId) })),
            },
          })),
        }).ranking;
        const one = rank(given).ranking;
        const byId = (ranking: typeof one, name: (id: string) => string) =>
          Object.fromEntries(
            ranking.places.map(({ answerId, place, score: of, meanScore }) => [name(answerId), { place, of, meanScore }]),
          );
        expect(byId(other, (id) => id)).toEqual(byId(one, renamed));
        expect(other.outcome).toBe(one.outcome);
        expect(other.confidence).toBeCloseTo(one.confidence, 3);
      }),
      parameters,
    );
  });

  it('gives a copy of an answer by the same author the same place', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const copied = rank({
          ...given,
          answers: [...given.answers, { ...given.answers[0]!, answerId: 'copy' }],
          ballots: given.ballots.map((of) => ({
            ...of,
            ballot: { ...of.ballot!, candidates: [...of.ballot!.candidates, { ...of.ballot!.candidates[0]!, answerId: 'copy' }] },
          })),
        });
        expect(places(copied).copy).toBe(places(copied).a);
      }),
    );
  });

  it('survives the loss of any ballots and keeps within its bounds', () => {
    fc.assert(
      fc.property(scenario, fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }), (given, lost) => {
        const ballots = given.ballots.map((of, index) => (lost[index] ? { ...of, ballot: null, reason: 'lost' } : of));
        const { ranking } = rank({ ...given, ballots });
        const listed = [...ranking.places, ...ranking.unranked].map((entry) => entry.answerId);
        expect(listed.sort()).toEqual(given.answers.map((of) => of.answerId).sort());
        expect(ranking.confidence).toBeGreaterThanOrEqual(0);
        expect(ranking.confidence).toBeLessThanOrEqual(1);
        expect(ranking.outcome === 'unranked').toBe(ballots.every((of) => of.ballot === null));
        if (ranking.outcome === 'clear') expect(ranking.confidence).toBeGreaterThanOrEqual(0.85);
        expect(ranking.judges.reduce((sum, judge) => sum + judge.weight, 0)).toBeCloseTo(
          ranking.outcome === 'unranked' ? 0 : 1,
          3,
        );
        expect(ranking.explanation).not.toMatch(/undefined|NaN/);
      }),
    );
  });
});
