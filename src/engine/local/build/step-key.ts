import { sha256Hex } from '../../../base/sha256.ts'
import type { BuildOperation, BuildStep } from '../../../planner/build/build-graph.ts'
import { stepDefinition } from '../../../planner/build/step-definition.ts'
import { parseStepKey, type StepKey } from '../../../store/built/step-records.ts'
import type { RunSettings } from './run-settings.ts'

/** What decides whether the result of a step is known. */
export interface StepInputs {
  readonly step: BuildStep
  /** The result that the step starts from. */
  readonly parent: string
  /** Digests of the files that it reads, in the order of its sources or mounts. */
  readonly contents: readonly string[]
  readonly settings: RunSettings
}

/** Returns the key of a step's record: 64 hex digits. Steps of one key make the same layer, as far as can be known. */
export function stepKey({ step: { operation }, parent, contents, settings }: StepInputs): StepKey {
  return parseStepKey(
    sha256Hex(
      JSON.stringify([
        KEY_VERSION,
        parent,
        stepDefinition(operation),
        contents,
        ...settingsOf(operation, settings),
      ]),
    ),
  )
}

/** Raised when the same inputs would make another layer. */
const KEY_VERSION = 1

/** Only commands see the settings of the build. */
function settingsOf(
  { kind }: BuildOperation,
  { extraHosts, shmSize, ulimits }: RunSettings,
): readonly unknown[] {
  if (kind !== 'run') return []
  const hosts = extraHosts.map(({ host, address }) => `${host}=${address}`)
  return [[...hosts].sort(), shmSize ?? null, [...ulimits].sort(([a], [b]) => (a < b ? -1 : 1))]
}
