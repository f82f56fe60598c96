/**
 * Batches: many values that share one set-up.
 *
 * Filling a database costs as much as many queries, so one run of a law sends many queries to one database. If one of them fails, the
 * others are noise: a batch first shrinks to each of its values alone, and then as that value does.
 */
import fc from 'fast-check'

interface Context<A> {
  readonly items: readonly fc.Value<A>[]
}

class BatchArbitrary<A> extends fc.Arbitrary<readonly A[]> {
  constructor(
    readonly item: fc.Arbitrary<A>,
    readonly size: number,
  ) {
    super()
  }

  override generate(random: fc.Random, bias: number | undefined): fc.Value<readonly A[]> {
    return this.of(Array.from({ length: this.size }, () => this.item.generate(random, bias)))
  }

  override canShrinkWithoutContext(_: unknown): _ is readonly A[] {
    return false
  }

  override shrink(_: readonly A[], context: unknown): fc.Stream<fc.Value<readonly A[]>> {
    const { items } = context as Context<A>
    const [only, ...more] = items
    if (only === undefined) return fc.Stream.nil()
    if (more.length > 0) return fc.Stream.of(...items.map(item => this.of([item])))
    return this.item.shrink(only.value_, only.context).map(item => this.of([item]))
  }

  private of(items: readonly fc.Value<A>[]): fc.Value<readonly A[]> {
    return new fc.Value(
      items.map(i => i.value),
      { items } satisfies Context<A>,
    )
  }
}

/** Lists of exactly `size` values, which shrink to a single value. */
export const batch = <A>(item: fc.Arbitrary<A>, size: number): fc.Arbitrary<readonly A[]> => new BatchArbitrary(item, size)
