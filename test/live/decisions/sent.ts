/**
 * Counts the calls to drivers, to check that a refusal came before anything was sent.
 *
 * Counting wraps methods of the prototype of a driver once, so every engine of this process is counted. The memory engine has no driver
 * and sends nothing. Only the number of calls is recorded, not what is sent. Checks run one after the other, so that a difference belongs
 * to the operations between two counts.
 */
let calls = 0

/** The calls so far. */
export const sent = (): number => calls

/** Counts the calls of some methods of a driver. */
export const counting = (prototype: object, methods: readonly string[]): void => {
  const own = prototype as { [method: string]: (...args: unknown[]) => unknown }
  for (const method of methods) {
    const original = own[method]
    if (original === undefined) throw new Error(`the driver has no ${method} any more`)
    own[method] = function (this: unknown, ...args) {
      calls += 1
      return original.apply(this, args)
    }
  }
}
