/** A part of the terminal that is drawn over again: rows replace the rows drawn before. */
export class LiveRegion {
  private drawn = 0;

  constructor(private readonly write: (text: string) => void) {}

  draw(rows: string[]): void {
    this.write(`${this.toTop()}${rows.map((row) => `${row}\u001b[K\n`).join('')}\u001b[J`);
    this.drawn = rows.length;
  }

  /** Takes the region off the terminal; what is written next begins where it stood. */
  clear(): void {
    if (this.drawn === 0) return;
    this.write(`${this.toTop()}\u001b[J`);
    this.drawn = 0;
  }

  private toTop(): string {
    return this.drawn ? `\u001b[${this.drawn}A\r` : '';
  }
}
