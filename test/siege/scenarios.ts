import { commandPairs } from './command-pairs.ts'
import { partialCycles, wholeCycles } from './cycles.ts'
import { damagedBuilds } from './damaged-builds.ts'
import { damagedRecords } from './damaged-records.ts'
import { day } from './day.ts'
import { fullDisk } from './full-disk.ts'
import { killBuild } from './kill-build.ts'
import { killCommands } from './kill-commands.ts'
import { kills } from './kills.ts'
import { races } from './races.ts'
import { reboots } from './reboots.ts'
import type { Scenario } from './scenario.ts'
import { stoppedSupervisor } from './stopped-supervisor.ts'
import { watchEdits } from './watch-edits.ts'

/** All scenarios, in the order they are played. */
export const SCENARIOS: readonly Scenario[] = [
  wholeCycles,
  partialCycles,
  races,
  ...kills,
  killCommands,
  stoppedSupervisor,
  reboots,
  killBuild,
  fullDisk,
  damagedRecords,
  damagedBuilds,
  watchEdits,
  commandPairs,
  day,
]
