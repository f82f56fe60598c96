/**
 * The names of hazards, for options and configurations.
 *
 * The record has each of them by its type, so that a new kind of hazard can't be forgotten here. Only those that need an allowance can be
 * given to `--allow`: the others are reported, and stop nothing.
 *
 * What each one means is in `schema/hazards`.
 */
import type { HazardKind } from '../schema/hazards.js'

const NEEDS_ALLOWANCE: { readonly [kind in HazardKind]: boolean } = {
  losesData: true,
  blocksWrites: true,
  blocksReads: true,
  mayFailOnData: false,
  rewritesTable: false,
  notTransactional: false,
  breaksCode: false,
}

/** The hazards that can be allowed. */
export const HAZARDS = (Object.keys(NEEDS_ALLOWANCE) as readonly HazardKind[]).filter(kind => NEEDS_ALLOWANCE[kind])
