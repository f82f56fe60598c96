/**
 * Chains: persistent maps that grow at their end and share their entries.
 *
 * A chain is a view of the first `size` entries of a line, which other chains may extend. Adding entries to the newest chain of a line costs as
 * much as the new entries; an older chain, or one that already has a key, is copied. So a query of n steps keeps n versions of its fields in the
 * space of one, and each is a value: no chain ever changes.
 *
 * Laws: `c.with(es)` has the entries, and their order, of `new Map([...c, ...es])`; `c` is unchanged afterwards.
 */

/** The data that the chains of a line share. */
interface Line<K, V> {
  readonly at: Map<K, number>
  readonly entries: (readonly [K, V])[]
}

/** A persistent map. */
export class Chain<K, V> implements Iterable<readonly [K, V]> {
  private constructor(
    /** Shared by all chains of the line. */
    readonly line: Line<K, V>,
    readonly size: number,
  ) {}

  static of<K, V>(entries: Iterable<readonly [K, V]> = []): Chain<K, V> {
    return Chain.line(new Map(entries))
  }

  private static line<K, V>(map: ReadonlyMap<K, V>): Chain<K, V> {
    const entries = [...map]
    return new Chain<K, V>({ at: new Map(entries.map(([key], i) => [key, i])), entries }, entries.length)
  }

  get(key: K): V | undefined {
    const at = this.line.at.get(key)
    return at !== undefined && at < this.size ? this.line.entries[at]?.[1] : undefined
  }

  has(key: K): boolean {
    const at = this.line.at.get(key)
    return at !== undefined && at < this.size
  }

  with(more: Iterable<readonly [K, V]>): Chain<K, V> {
    const added = [...more]
    const { at, entries } = this.line
    const end = this.size + added.length
    // the line has been extended with the same entries before: share them
    if (added.every(([key, value], i) => entries[this.size + i]?.[0] === key && entries[this.size + i]?.[1] === value))
      return added.length === 0 ? this : new Chain(this.line, end)
    if (entries.length > this.size || added.some(([key]) => at.has(key))) return Chain.line(new Map([...this, ...added]))
    for (const entry of added) at.set(entry[0], entries.push(entry) - 1)
    return at.size === end ? new Chain(this.line, end) : Chain.line(new Map(entries))
  }

  /** The entries from an index on. */
  *from(start: number): IterableIterator<readonly [K, V]> {
    for (let i = start; i < this.size; i += 1) yield this.line.entries[i] as readonly [K, V]
  }

  [Symbol.iterator](): IterableIterator<readonly [K, V]> {
    return this.from(0)
  }
}
