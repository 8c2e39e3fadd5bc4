/** Ids of events that have come, each with the content with which it came first. */

/** `first`: the id is new; `repeated`: it came with the same content before; `other`: with another content. */
export type Verdict = 'first' | 'repeated' | 'other';

export interface EventIds {
  readonly size: number;
  /** Takes note of an id that is new. */
  judge(key: string, content: string): Verdict;
}

/** Memory: key and content as they are, about 200 bytes for an id. */
export class PlainEventIds implements EventIds {
  private readonly contents = new Map<string, string>();

  get size(): number {
    return this.contents.size;
  }

  judge(key: string, content: string): Verdict {
    const before = this.contents.get(key);
    if (before !== undefined) return before === content ? 'repeated' : 'other';
    this.contents.set(key, content);
    return 'first';
  }
}
