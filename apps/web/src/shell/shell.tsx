import type { Person } from '@polyphony/client';
import type { ReactNode } from 'react';
import { RecentList } from '../recent/recent-list.js';
import { Mark } from './mark.js';
import { followLink } from './path.js';

interface ShellProps {
  person: Person;
  currentId: string | undefined;
  onSignOut: () => void;
  children: ReactNode;
}

/** What surrounds every view: the header, the recent comparisons, who is signed in. */
export function Shell({ person, currentId, onSignOut, children }: ShellProps) {
  return (
    <div className="shell">
      <a className="skip-link" href="#main">
        Skip to content
      </a>
      <header className="top">
        <a className="brand" href="/" onClick={followLink}>
          <Mark />
          Polyphony
        </a>
        <div className="top-actions">
          {currentId && (
            <a className="button primary" href="/" onClick={followLink}>
              New question
            </a>
          )}
          <span className="person" title={person.role}>
            {person.name}
          </span>
          <button type="button" className="button quiet" onClick={onSignOut}>
            Sign out
          </button>
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <RecentList currentId={currentId} />
    </div>
  );
}
