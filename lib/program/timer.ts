/**
 * The longest time of a timer.
 *
 * `setTimeout` takes 32 bits: a longer time, in milliseconds, fires at once (Node and browsers alike). The timeouts of programs, pools and
 * sockets are bounded by it, so that an infinite timeout is 24.8 days.
 */
/** The maximal delay of `setTimeout`, in milliseconds. */
export const LONGEST_TIMER = 2 ** 31 - 1
