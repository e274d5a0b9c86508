/** How long what has ended is kept in full, in milliseconds. */
export class Retention {
  constructor(readonly eventsMs: number) {}
}
