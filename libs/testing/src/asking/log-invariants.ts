import { type Comparison, ComparisonEvent, isTerminal } from '@polyphony/contracts';

/** What every log must say of its comparison, whatever happened on the way. Returns what is wrong, in sentences. */
export function violationsOf(comparison: Comparison, events: readonly ComparisonEvent[]): string[] {
  return [...numbering(comparison, events), ...answers(comparison, events), ...ending(comparison, events)];
}

function numbering(comparison: Comparison, events: readonly ComparisonEvent[]): string[] {
  const wrong: string[] = [];
  events.forEach((event, place) => {
    if (event.seq !== place + 1) wrong.push(`event ${place + 1} has seq ${event.seq}`);
    if (event.comparisonId !== comparison.id) wrong.push(`event ${event.seq} is of another comparison`);
    const parsed = ComparisonEvent.safeParse(event);
    if (!parsed.success) wrong.push(`event ${event.seq} (${event.type}) is not as the contract says: ${parsed.error.message}`);
  });
  if (comparison.lastSeq !== events.length) wrong.push(`lastSeq is ${comparison.lastSeq}, the log has ${events.length} events`);
  return wrong;
}

/** Attempts follow one another, each is started before it writes, and the last one's deltas are the answer's text. */
function answers(comparison: Comparison, events: readonly ComparisonEvent[]): string[] {
  const wrong: string[] = [];
  for (const answer of comparison.answers) {
    let attempt = 0;
    let text = '';
    let open = false;
    let end: ComparisonEvent | null = null;
    for (const event of events) {
      if (!('answerId' in event) || event.answerId !== answer.id || event.type === 'answer.summarised') continue;
      const at = `answer ${answer.slot}, event ${event.seq} (${event.type})`;
      if (event.type === 'answer.started') {
        if (open) wrong.push(`${at}: the attempt before it has not ended`);
        if (event.attempt <= attempt) wrong.push(`${at}: attempt ${event.attempt} after ${attempt}`);
        [attempt, text, open, end] = [event.attempt, '', true, null];
      } else if (event.type === 'answer.delta') {
        if (!open || event.attempt !== attempt)
          wrong.push(`${at}: text of attempt ${event.attempt} while ${open ? attempt : 'none'} is open`);
        text += event.text;
      } else if (event.type === 'answer.retrying') {
        if (event.attempt !== attempt) wrong.push(`${at}: ends attempt ${event.attempt}, not ${attempt}`);
        [text, open, end] = ['', false, null];
      } else {
        if (end) wrong.push(`${at}: it had ended already`);
        if (event.attempt !== attempt) wrong.push(`${at}: ends attempt ${event.attempt}, not ${attempt}`);
        [open, end] = [false, event];
      }
    }
    if (text !== answer.text)
      wrong.push(`answer ${answer.slot}: the log says ${text.length} characters, the answer has ${answer.text.length}`);
    if (end && end.type !== `answer.${answer.status}`)
      wrong.push(`answer ${answer.slot} is ${answer.status}, its last event is ${end.type}`);
    if (!end && answer.status !== 'queued' && answer.status !== 'streaming')
      wrong.push(`answer ${answer.slot} is ${answer.status} without an event`);
    if (answer.attempts.some(({ status }) => status === 'running') && answer.status !== 'streaming')
      wrong.push(`answer ${answer.slot} is ${answer.status}, but an attempt of it is recorded as running`);
  }
  return wrong;
}

function ending(comparison: Comparison, events: readonly ComparisonEvent[]): string[] {
  const wrong: string[] = [];
  const last = events.findLast(isTerminal);
  if (!last) return ['there is no terminal event'];
  if (last.type !== `comparison.${comparison.status}`)
    wrong.push(`the comparison is ${comparison.status}, the log ends with ${last.type}`);
  if (last.seq !== events.length) wrong.push(`${events.length - last.seq} events follow the last terminal one`);
  if ('degradedReasons' in last && last.degradedReasons.join() !== comparison.degradedReasons.join())
    wrong.push(`the log says "${last.degradedReasons.join()}", the comparison "${comparison.degradedReasons.join()}"`);
  return wrong;
}
