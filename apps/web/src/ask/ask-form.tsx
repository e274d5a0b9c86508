import { type Model, chooseModels } from '@polyphony/client';
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { client, explain } from '../client.js';
import { comparisonPath, navigate } from '../shell/path.js';
import { Estimate } from './estimate.js';
import { ModelPicker } from './model-picker.js';
import { Options } from './options.js';
import { maxPanel, stillThere } from './panel.js';
import { type Choice, inputOf, rememberChoice, rememberDraft, rememberedChoice, rememberedDraft } from './remembered.js';
import { useModels } from './use-models.js';

/** The question, the panel, the options; asking opens the comparison. */
export function AskForm() {
  const { models, error: modelsError } = useModels();
  const [question, setQuestion] = useState(rememberedDraft);
  const [choice, setChoice] = useState(rememberedChoice);
  const [error, setError] = useState<string>();
  const [isAsking, setAsking] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const pending = useRef<{ body: string; key: string }>(undefined);

  useEffect(() => {
    document.title = 'Polyphony';
  }, []);
  useEffect(() => {
    if (models) setChoice((last) => usableChoice(last, models));
  }, [models]);

  const change = (part: Partial<Choice>) => {
    setChoice({ ...choice, ...part });
    rememberChoice({ ...choice, ...part });
  };
  const write = (text: string) => {
    setQuestion(text);
    rememberDraft(text);
  };
  const canAsk = question.trim() !== '' && choice.panel.length > 0 && !isAsking;

  const ask = async (event: FormEvent) => {
    event.preventDefault();
    if (!canAsk) return;
    setAsking(true);
    setError(undefined);
    const input = inputOf(question, choice);
    const body = JSON.stringify(input);
    // A second try of the same question, after an answer that never arrived, must not ask and pay twice.
    if (pending.current?.body !== body) pending.current = { body, key: newKey() };
    try {
      const comparison = await client.createComparison(input, { idempotencyKey: pending.current.key });
      rememberDraft('');
      navigate(comparisonPath(comparison.id));
    } catch (reason) {
      setError(explain(reason));
      setAsking(false);
    }
  };
  const askByKeyboard = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.current?.requestSubmit();
  };

  return (
    <form className="ask" ref={form} onSubmit={(event) => void ask(event)}>
      <h1>
        <label htmlFor="question">What do you want to know?</label>
      </h1>
      <div className="ask-box">
        <textarea
          id="question"
          rows={4}
          autoFocus
          value={question}
          placeholder="Ask several models at once"
          onChange={(event) => write(event.target.value)}
          onKeyDown={askByKeyboard}
        />
        <div className="ask-actions">
          <Estimate question={question} choice={choice} />
          <span className="hint keys">
            <kbd>Ctrl</kbd> <kbd>Enter</kbd>
          </span>
          <button type="submit" className="button primary" disabled={!canAsk}>
            {isAsking ? 'Asking …' : askLabel(choice.panel.length)}
          </button>
        </div>
      </div>
      {(error ?? modelsError) && (
        <p className="notice bad" role="alert">
          {error ?? modelsError}
        </p>
      )}
      <section aria-labelledby="panel-title">
        <h2 id="panel-title">
          Panel{' '}
          <span className="muted">
            {choice.panel.length ? `${choice.panel.length} of up to ${maxPanel}` : 'choose at least one'}
          </span>
        </h2>
        {models?.length === 0 && (
          <p className="hint">There is no model to ask yet. Set a provider’s key and restart the server.</p>
        )}
        {models && (
          <ModelPicker models={models} chosen={choice.panel} limit={maxPanel} repeats onChange={(panel) => change({ panel })} />
        )}
      </section>
      <section aria-labelledby="options-title">
        <h2 id="options-title">Then</h2>
        <Options models={models ?? []} choice={choice} onChange={change} />
      </section>
    </form>
  );
}

function askLabel(count: number): string {
  if (count === 0) return 'Ask';
  return count === 1 ? 'Ask 1 model' : `Ask ${count} models`;
}

function usableChoice(choice: Choice, models: Model[]): Choice {
  const panel = stillThere(choice.panel, models);
  return { ...choice, panel: panel.length ? panel : chooseModels(models), judges: stillThere(choice.judges, models) };
}

/** Unlike `crypto.randomUUID`, also there where the page is served without TLS. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
