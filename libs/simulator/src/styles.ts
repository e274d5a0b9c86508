import type { SeededChoice } from './hash.js';
import type { Topic } from './topic.js';

/** What a voice has to write about. `lead` is what it must say first (a persona, an earlier turn), possibly empty. */
export interface Assignment {
  readonly topic: Topic;
  readonly lead: string;
  readonly choose: SeededChoice;
}

const pair = ({ keywords }: Topic): { a: string; b: string } => ({
  a: keywords[0] as string,
  b: keywords[1] ?? 'its surroundings',
});

/** Long, measured, structured: headings, numbered steps, a conclusion. */
export function writeSage({ topic, lead, choose }: Assignment): string {
  const { a, b } = pair(topic);
  const opening = {
    choice: `Both sides of this deserve a fair hearing, so let us set out what actually decides it before leaning either way.`,
    how: `The most reliable way to understand a process is to walk through it in order, so that is what this answer does.`,
    why: `A good explanation names a cause, shows how it works, and says what would be different without it. Let us take these in turn.`,
    make: `Before the thing itself, a word on what it should achieve: a clear purpose makes every later decision easier.`,
    what: `It helps to begin with a plain definition and only then to look at the details that experts argue about.`,
  }[topic.kind];
  const steps = choose.some(
    [
      `**Define the terms.** Most disagreements about ${a} come from two people using one word for two things. Write down what counts and what does not, and half of the confusion disappears.`,
      `**Look at the mechanism.** Ask what has to happen first, what follows from it, and what part ${b} may play. A chain with a missing link is a guess, not an explanation.`,
      `**Weigh the evidence.** Prefer observations that could have come out differently. A single striking example of ${a} proves less than a dull table of many.`,
      `**Consider the scale.** What is true of ${a} in the small is often untrue in the large, because costs, delays and ${b} do not grow at the same pace.`,
      `**Test it cheaply.** Choose the smallest trial that could change your mind, fix in advance what you will measure, and give it enough time to fail.`,
      `**Mind the context.** The right answer for ${a} depends on who asks, with what means, and how hard it is to reverse the decision later.`,
    ],
    3,
  );
  const watch = choose.some(
    [
      `Do not mistake familiarity with ${a} for understanding it.`,
      `Averages hide exactly those cases that turn on ${b}.`,
      `Advice that cannot fail, because it never says anything definite, is of no help.`,
      `What is easy to count is not always what is important about ${a}.`,
    ],
    2,
  );
  const conclusion = choose.one([
    `Start from the purpose, follow the mechanism, and let evidence about ${a} decide what remains open. Where the evidence is thin, choose the option that is easiest to undo.`,
    `There is a sound way forward: settle the terms, understand how ${a} and ${b} act on each other, and review the result after a fixed time. Therefore proceed, but in steps.`,
  ]);
  return [
    `**Simulated answer.** ${lead}You asked: “${topic.quote}” ${opening}`,
    `## In short\n\nThe heart of the matter is the relation between ${a} and ${b}. Once it is clear, the practical consequences follow with surprisingly little effort, because the remaining choices are mostly about order and cost.`,
    `## Step by step\n\n${steps.map((step, index) => `${index + 1}. ${step}`).join('\n')}`,
    `## What to watch\n\n${watch.map((item) => `- ${item}`).join('\n')}`,
    `## Conclusion\n\n${conclusion}`,
  ].join('\n\n');
}

/** Flowery prose in paragraphs, with images and rhythm and not one list. */
export function writeBard({ topic, lead, choose }: Assignment): string {
  const { a, b } = pair(topic);
  const opening = choose.one([
    `Ah, “${topic.quote}” — a question that arrives like a traveller at dusk, dusty from a long road and hungry for more than bread.`,
    `Come, sit by the fire, for “${topic.quote}” is the sort of question that deserves an evening rather than a minute.`,
    `Someone once whispered “${topic.quote}” to the sea, and the sea, being wise, answered only with another wave.`,
  ]);
  const turn = {
    choice: `Two paths fork before you in the yellow wood, and each is lovely in its own light; yet the one that leads past ${a} is trodden by those who know where they wish to sleep tonight.`,
    how: `Watch closely, as one watches a weaver: a thread of ${a} passes beneath a thread of ${b}, again and again, until what was loose becomes a pattern, and the pattern becomes a cloak against the cold.`,
    why: `The reason lies deeper than the root of an old oak: ${a} leans upon ${b} as a singer leans upon silence, and because of that leaning neither can be heard alone.`,
    make: `So let it be made as bread is made, with warm hands and patience: a measure of ${a}, a pinch of ${b}, and the long quiet hour in which everything that matters happens unseen.`,
    what: `Call it by its name and it comes nearer: ${a}, shy as a deer at the edge of the clearing, with ${b} following behind like its own lengthening shadow.`,
  }[topic.kind];
  const middle = choose.some(
    [
      `I have seen scholars quarrel over ${a} until the candles drowned in their own wax, while a child outside, drawing with a stick in the sand, had already understood.`,
      `There is music in ${b}, if one is still enough: first a low drum of necessity, then the bright flute of chance, and above them both the human voice, hoping.`,
      `Seasons turn, and what seemed certain about ${a} in the blossom of spring looks different under the honest light of November.`,
      `Do not hurry it; a river that is pushed does not reach the valley any sooner, it merely carries more mud.`,
    ],
    2,
  );
  const ending = choose.one([
    `And so, dear listener, take this much home in your pocket: honour ${a}, keep an eye upon ${b}, and begin, for the first step is the only one that was ever truly difficult.`,
    `Carry the answer gently, then, as one carries water in cupped hands: look to ${a} first, let ${b} come to you, and trust the road to teach the rest.`,
  ]);
  return [
    `(A simulated answer, sung by no living bard.) ${lead}${opening}`,
    `${turn} ${middle[0] as string}`,
    middle[1] as string,
    ending,
  ].join('\n\n');
}

/** Short and quick: a verdict and a few bullet points. */
export function writeScout({ topic, lead, choose }: Assignment): string {
  const { a, b } = pair(topic);
  const verdict = {
    choice: `pick the option that keeps ${a} simple; switch only with numbers in hand.`,
    how: `start with ${a}, then handle ${b}, then check the result.`,
    why: `mostly because ${a} and ${b} push in the same direction.`,
    make: `keep it small: one idea about ${a}, one surprise, one clear ending.`,
    what: `think of ${a} first; ${b} explains most of the rest.`,
  }[topic.kind];
  const points = choose.some(
    [
      `**First move:** write down the goal for ${a} in one line.`,
      `**Biggest lever:** ${b}. Change it before anything else.`,
      `**Cheap test:** try it for a week, measure one number.`,
      `**Common mistake:** doing too much at once.`,
      `**Skip:** anything that cannot be undone on day one.`,
      `**Done when:** someone else gets the same result with ${a}.`,
    ],
    4,
  );
  return `Simulated answer. ${lead}On “${topic.quote}”: ${verdict}\n\n${points.map((point) => `- ${point}`).join('\n')}\n\nNext: do the first one today, it takes about 15 minutes.`;
}

/** Caveats and the contrary view, ending with what would change its mind. */
export function writeSkeptic({ topic, lead, choose }: Assignment): string {
  const { a, b } = pair(topic);
  const objection = {
    choice: `The question assumes that these are the only options. Doing neither is often cheaper, and nobody gets praised for recommending it.`,
    how: `Most instructions for this describe the one time it worked. However, the failures are rarely written up, so the success rate is unknown.`,
    why: `Be wary of tidy causes. ${capitalised(a)} may well be a symptom here, and ${b} the thing that was never measured.`,
    make: `I can do that, but is another one needed? The world is not short of work on ${a}; it is short of work that someone reads twice.`,
    what: `The textbook definition sounds settled. In practice, however, people who work with ${a} draw its borders in very different places.`,
  }[topic.kind];
  const doubts = choose.some(
    [
      `Evidence about ${a} is usually collected by people who profit from one particular answer.`,
      `What holds on average may fail in exactly your case, especially with ${b} in the picture.`,
      `Nobody counts the attempts that were quietly abandoned, so survivors look like geniuses.`,
      `The effect, if it exists, is probably smaller than advertised and may fade within a year.`,
      `Correlation between ${a} and ${b} is easy to find and proves little.`,
    ],
    3,
  );
  const stance = choose.one([
    `If you force me to choose, I would wait, look for one independent source, and only then act on ${a}.`,
    `My provisional view: treat ${a} as a hypothesis, spend little on it, and set a date on which you are ready to drop it.`,
  ]);
  return [
    `It depends, and I doubt that anyone can answer “${topic.quote}” as confidently as they would like; this simulated answer certainly cannot. ${lead}${objection}`,
    `Three reasons for caution. First: ${doubts[0] as string} Second: ${doubts[1] as string} Third: ${doubts[2] as string}`,
    `On the other hand, doing nothing is a choice too, and the cost of delay is real even when it is hard to see.`,
    `${stance} What would change my mind: a result that was predicted in advance, repeated by a critic, and still there a year later.`,
  ].join('\n\n');
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
