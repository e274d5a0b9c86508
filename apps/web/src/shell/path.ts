import { type MouseEvent, useSyncExternalStore } from 'react';

const changed = 'polyphony:path';

/** The path of the address bar, followed. */
export function usePath(): string {
  return useSyncExternalStore(subscribe, () => window.location.pathname);
}

export function navigate(path: string): void {
  if (path === window.location.pathname) return;
  window.history.pushState(null, '', path);
  window.dispatchEvent(new Event(changed));
  window.scrollTo(0, 0);
}

/** For links: stays within the page, unless the person wants a new tab or window. */
export function followLink(event: MouseEvent<HTMLAnchorElement>): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  navigate(event.currentTarget.pathname);
}

export function comparisonPath(id: string): string {
  return `/c/${encodeURIComponent(id)}`;
}

export function comparisonIdIn(path: string): string | undefined {
  const encoded = /^\/c\/([^/]+)\/?$/.exec(path)?.[1];
  return encoded === undefined ? undefined : decodeURIComponent(encoded);
}

function subscribe(notify: () => void): () => void {
  window.addEventListener('popstate', notify);
  window.addEventListener(changed, notify);
  return () => {
    window.removeEventListener('popstate', notify);
    window.removeEventListener(changed, notify);
  };
}
