import type { ConfigNames, ConfigView } from '../../app/config-view.ts'
import type { OptionalStage } from '../../app/index.ts'
import { UsageError } from '../usage-error.ts'

/** The options of `config` that say what to show. */
export interface ConfigValues {
  readonly format?: 'yaml' | 'json' | 'table'
  readonly quiet?: boolean
  readonly services?: boolean
  readonly volumes?: boolean
  readonly networks?: boolean
  readonly models?: boolean
  readonly images?: boolean
  readonly profiles?: boolean
  readonly hash?: string
  readonly environment?: boolean
  readonly variables?: boolean
  readonly interpolate: boolean
  readonly normalize: boolean
  readonly pathResolution: boolean
  readonly consistency: boolean
  readonly envResolution: boolean
  readonly resolveImageDigests?: boolean
  readonly lockImageDigests?: boolean
  readonly allResources?: boolean
}

const NAMES: readonly ConfigNames[] = ['services', 'volumes', 'networks', 'models', 'profiles', 'images']

/** @throws {UsageError} If options contradict each other. */
export function configView(services: readonly string[], values: ConfigValues): ConfigView {
  if (values.quiet) return { kind: 'check' }
  const names = NAMES.find(name => values[name])
  const leaveOut = stagesLeftOut(values)
  const allResources = values.allResources ?? false
  const left = leaveOut.length === 0 ? {} : { leaveOut }
  if (names !== undefined) return { kind: 'names', of: names, allResources, ...left }
  if (values.hash !== undefined) return { kind: 'hashes', services: hashedServices(values.hash), ...left }
  if (values.variables) return { kind: 'variables' }
  if (values.environment) return { kind: 'environment' }
  if (values.format === 'table') {
    throw new UsageError('--format table works with --variables only', 'Use yaml or json')
  }
  return {
    kind: 'document',
    format: values.format ?? 'yaml',
    services,
    allResources,
    leaveOut,
    digests: digestMode(values),
  }
}

function hashedServices(text: string): readonly string[] {
  return text === '*' ? [] : text.split(',').map(name => name.trim())
}

function stagesLeftOut(values: ConfigValues): readonly OptionalStage[] {
  const stages: readonly (readonly [OptionalStage, boolean])[] = [
    ['interpolation', values.interpolate],
    ['normalisation', values.normalize],
    ['paths', values.pathResolution],
    ['consistency', values.consistency],
    ['environment', values.envResolution],
  ]
  return stages.flatMap(([stage, isWanted]) => (isWanted ? [] : [stage]))
}

function digestMode({ resolveImageDigests, lockImageDigests }: ConfigValues): 'keep' | 'resolve' | 'lock' {
  if (lockImageDigests) return 'lock'
  return resolveImageDigests ? 'resolve' : 'keep'
}
