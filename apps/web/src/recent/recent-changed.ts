/** The event by which a view says that the list of comparisons is out of date. */
export const recentChanged = 'polyphony:recent';

export function announceRecentChange(): void {
  window.dispatchEvent(new Event(recentChanged));
}
