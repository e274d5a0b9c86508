import type { Comparison } from '@polyphony/client';
import { client } from '../client.js';
import { rememberDraft } from '../ask/remembered.js';
import { navigate } from '../shell/path.js';
import { isOpen, isWriting, questionOf } from '../wording.js';

interface ComparisonActionsProps {
  comparison: Comparison;
  run: (action: () => Promise<void>) => void;
}

/** What can be done with the whole: stop it or have its result now; later keep it, ask again, delete it. */
export function ComparisonActions({ comparison, run }: ComparisonActionsProps) {
  const { id, status, answers } = comparison;
  const someWrite = answers.some((answer) => isWriting(answer.status));
  const someCompleted = answers.some((answer) => answer.status === 'completed');
  if (isOpen(status) || someWrite)
    return (
      <div className="actions">
        {status === 'answering' && someWrite && someCompleted && (
          <button type="button" className="button" onClick={() => run(() => client.finishComparison(id))}>
            Answer now
          </button>
        )}
        <button type="button" className="button danger" onClick={() => run(() => client.cancelComparison(id))}>
          Stop all
        </button>
      </div>
    );
  const askAgain = () => {
    rememberDraft(questionOf(comparison));
    navigate('/');
  };
  const remove = () => {
    if (!window.confirm('Delete this comparison with all its answers?')) return;
    run(async () => {
      await client.deleteComparison(id);
      navigate('/');
    });
  };
  const exportPath = (format: string) => `/v1/comparisons/${encodeURIComponent(id)}/export?format=${format}`;
  return (
    <div className="actions">
      <button type="button" className="button" onClick={askAgain}>
        Ask again
      </button>
      <a className="button quiet" href={exportPath('markdown')} download={`polyphony-${id}.md`}>
        Markdown
      </a>
      <a className="button quiet" href={exportPath('json')} download={`polyphony-${id}.json`}>
        JSON
      </a>
      <button type="button" className="button quiet danger" onClick={remove}>
        Delete
      </button>
    </div>
  );
}
