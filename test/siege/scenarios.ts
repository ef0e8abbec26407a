import { partialCycles, wholeCycles } from './cycles.ts'
import { damagedBuilds } from './damaged-builds.ts'
import { damagedRecords } from './damaged-records.ts'
import { fullDisk } from './full-disk.ts'
import { killBuild } from './kill-build.ts'
import { kills } from './kills.ts'
import { races } from './races.ts'
import type { Scenario } from './scenario.ts'

/** All scenarios, in the order they are played. */
export const SCENARIOS: readonly Scenario[] = [
  wholeCycles,
  partialCycles,
  races,
  ...kills,
  killBuild,
  fullDisk,
  damagedRecords,
  damagedBuilds,
]
