import { useEffect, useState } from 'react';
import { client } from '../client.js';
import { money } from '../wording.js';
import { type Choice, inputOf } from './remembered.js';

const quietMs = 700;

/** What asking may cost at most, once typing pauses. Says nothing where the server refuses: asking will say why. */
export function Estimate({ question, choice }: { question: string; choice: Choice }) {
  const [estimate, setEstimate] = useState<{ body: string; text: string }>();
  const body = question.trim() && choice.panel.length ? JSON.stringify(inputOf(question, choice)) : '';
  useEffect(() => {
    if (!body) return undefined;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      client.estimate(JSON.parse(body) as ReturnType<typeof inputOf>, { signal: abort.signal }).then(
        ({ totalUsd }) =>
          setEstimate({ body, text: totalUsd === null ? 'Cost not known beforehand' : `At most ${money(totalUsd, 'exact')}` }),
        () => undefined,
      );
    }, quietMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [body]);
  return (
    <span className="hint estimate" role="status">
      {estimate && estimate.body === body ? estimate.text : ''}
    </span>
  );
}
