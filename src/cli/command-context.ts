import type { ProjectRequest, RunHooks } from '../app/index.ts'
import type { Diagnostic } from '../base/diagnostic.ts'
import type { CliPorts } from './cli-ports.ts'
import { flushed } from './flushed.ts'
import type { OutputSettings } from './options/output-settings.ts'
import type { ProgressView } from './views/progress-view.ts'

/** What the handler of every command works with. */
export interface CommandContext {
  readonly ports: CliPorts
  readonly request: ProjectRequest
  readonly settings: OutputSettings
  /** `config` shows networks, volumes, secrets and configs that no service uses too. */
  readonly showsAllResources: boolean
  /** Show what would be done, and do nothing. */
  readonly isDryRun: boolean
  /** Concurrent steps; undefined is no limit. */
  readonly parallel: number | undefined
  /** What is reported in one document when the command ends, where the format has one. */
  readonly collected: Diagnostic[]
}

/** Returns hooks that feed `view`; the run is cancelled by `signal`, the first Ctrl-C unless another is given. */
export function runHooks(
  { ports, isDryRun, parallel }: CommandContext,
  view: ProgressView,
  signal: AbortSignal = ports.interrupts.first,
): RunHooks {
  return {
    signal,
    isDryRun,
    command: ['tcompose', ...ports.argv].join(' '),
    onPlan: plan => view.onPlan(plan),
    onEvent: event => view.onEvent(event),
    whenShown: async () => void (await flushed(ports.stderr, ports.interrupts)),
    parallel,
    onWait: holder => view.onWait(holder),
    onAsk: images => view.onAsk(images),
  }
}
