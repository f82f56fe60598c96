/**
 * The longest time of a timer.
 *
 * `setTimeout` takes 32 bits: a longer time, in milliseconds, fires at once (Node and browsers alike). Waiting times of programs, pools and
 * sockets are bounded by it, so that "for ever" is 24.8 days and not no time at all.
 */
export const LONGEST_TIMER = 2 ** 31 - 1
