import type { Comparison } from '@polyphony/client';
import { useEffect, useState } from 'react';
import { recentChanged } from './recent-changed.js';
import { client } from '../client.js';
import { comparisonPath, followLink } from '../shell/path.js';
import { ago, isOpen, questionOf } from '../wording.js';

const shown = 12;
const refreshMs = 20_000;

/** The newest comparisons; read again when another one is opened and now and then. */
export function RecentList({ currentId }: { currentId: string | undefined }) {
  const [items, setItems] = useState<Comparison[]>([]);
  useEffect(() => {
    let isHere = true;
    const read = () =>
      document.hidden
        ? undefined
        : client.listComparisons({ limit: shown }).then(
            (page) => isHere && setItems(page.items),
            () => undefined, // the list stays as it was
          );
    void read();
    window.addEventListener(recentChanged, read);
    const timer = setInterval(() => void read(), refreshMs);
    return () => {
      isHere = false;
      clearInterval(timer);
      window.removeEventListener(recentChanged, read);
    };
  }, [currentId]);

  return (
    <nav className="recent" aria-labelledby="recent-title">
      <h2 id="recent-title">Recent</h2>
      {items.length === 0 && <p className="hint">Your comparisons will be listed here.</p>}
      <ul>
        {items.map((item) => (
          <li key={item.id}>
            <a href={comparisonPath(item.id)} onClick={followLink} aria-current={item.id === currentId ? 'page' : undefined}>
              <span className="recent-question">{questionOf(item)}</span>
              <span className="recent-detail">
                <span className={isOpen(item.status) ? 'dot live' : `dot ${item.degraded ? 'warn' : ''}`} aria-hidden="true" />
                {isOpen(item.status) ? 'Under way' : answerCount(item)} · {ago(item.createdAt, Date.now())}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function answerCount({ answers }: Comparison): string {
  return answers.length === 1 ? '1 answer' : `${answers.length} answers`;
}
