import type { Comparison } from '@polyphony/contracts';
import { LiveRegion } from './live-region.js';
import { BlockFeed } from './render/block-feed.js';
import { fitsColumns, renderColumns } from './render/columns.js';
import { LineFeed } from './render/line-feed.js';
import type { Paint } from './render/paint.js';

/** Where the answers appear while they are written. */
export interface LiveView {
  show(comparison: Comparison): void;
  /** The answers as they stay. */
  finish(comparison: Comparison): void;
}

export interface Terminal {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
  rows?: number;
}

/** Columns where they fit, blocks in a smaller terminal, prefixed lines where there is no terminal. */
export function liveViewFor(terminal: Terminal, answers: number, paint: Paint): LiveView {
  if (!terminal.isTTY) return lines(terminal);
  return fitsColumns(answers, terminal.columns ?? 80) ? columns(terminal, paint) : blocks(terminal, paint);
}

function lines(terminal: Terminal): LiveView {
  const feed = new LineFeed();
  const show = (comparison: Comparison) => {
    for (const line of feed.next(comparison)) terminal.write(`${line}\n`);
  };
  return { show, finish: show };
}

function blocks(terminal: Terminal, paint: Paint): LiveView {
  const feed = new BlockFeed(paint);
  const show = (comparison: Comparison) => void terminal.write(feed.next(comparison));
  return { show, finish: show };
}

function columns(terminal: Terminal, paint: Paint): LiveView {
  const region = new LiveRegion((text) => terminal.write(text));
  const width = () => (terminal.columns ?? 100) - 1;
  return {
    show: (comparison) => region.draw(renderColumns(comparison, { width: width(), height: (terminal.rows ?? 24) - 2 }, paint)),
    finish: (comparison) => {
      region.clear();
      terminal.write(`${renderColumns(comparison, { width: width() }, paint).join('\n')}\n`);
    },
  };
}
