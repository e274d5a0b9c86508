import type { JournalEntry } from '@polyphony/simulator';
import type { EventStream } from './event-stream.js';
import type { HttpReply, HttpRequest } from './http-request.js';

/** What a hold on a comparison needs of the house it was asked in. */
export interface HouseReach {
  http(method: string, path: string, request?: HttpRequest & { api?: number }): Promise<HttpReply>;
  events(id: string, options?: { after?: number; lastEventId?: number; api?: number }): EventStream;
  calls(questionHash?: string): JournalEntry[];
}
