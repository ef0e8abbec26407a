import { planToText, type RunHooks, type RunResult } from '../app/index.ts'
import type { WatchEvent } from '../app/watch/watch-event.ts'
import type { WatchHooks } from '../app/watch/watch-session.ts'
import type { CommandContext } from './command-context.ts'
import { EXIT } from './exit-codes.ts'
import { reportDiagnostics, reportFailure } from './report.ts'
import { runWithProgress } from './run-with-progress.ts'
import { safeJson, safeLine, safeText } from './views/safe-text.ts'
import { watchText } from './views/watch-text.ts'

/** How a watch session is shown. */
export interface WatchView {
  /** Leave out the steps of builds. */
  readonly quiet: boolean
  /** Writes to standard output. */
  readonly write: (text: string) => void
  /** Ends the session. */
  readonly signal: AbortSignal
  /** Asks a question and returns whether the answer is yes. @default nobody can be asked */
  readonly ask?: ((question: string) => Promise<boolean>) | undefined
  /** A descriptor that is empty when it is read. */
  readonly input: number
}

/** Returns hooks that show a watch session: its events as lines, its runs with plain progress among them. */
export function watchHooks(context: CommandContext, view: WatchView): WatchHooks {
  const { ports, settings } = context
  const { signal, quiet, ask, input } = view
  // Lines come at any time, and a redrawn picture would overwrite them.
  const plain = settings.progress === 'tty' ? { ...settings, progress: 'plain' as const } : settings
  return {
    signal,
    command: ['tcompose', ...ports.argv].join(' '),
    onEvent: event => tell(context, event, view),
    run: async (title, work) => {
      const run = (hooks: RunHooks): Promise<RunResult> => work(hooks)
      const shown = { title, signal, quietBuild: quiet, run }
      return (await runWithProgress({ ...context, settings: plain }, shown)) === EXIT.done
    },
    ...(ask && { confirm: () => ask('Apply it? [y/N] ') }),
    commandIo: { kind: 'streams', stdin: input, stdout: 1, stderr: 2 },
  }
}

function tell(context: CommandContext, event: WatchEvent, view: WatchView): void {
  if (event.kind === 'failed') reportFailure(context, event.error)
  else if (event.kind === 'file-invalid')
    reportDiagnostics(context, event.diagnostics, { closing: 'What runs stays as it is.' })
  else {
    const isJson = context.settings.progress === 'json'
    view.write(
      isJson ? `${safeJson({ watch: event.kind, message: watchText(event) })}\n` : linesOf(event, view),
    )
  }
}

/** docker compose marks its lines of a session with the same sign. */
function linesOf(event: Parameters<typeof watchText>[0], { ask }: WatchView): string {
  const line = `⦿ ${safeLine(watchText(event))}\n`
  if (event.kind !== 'file-changed') return line
  const advice = ask === undefined ? 'Run "tcompose up" to apply it\n' : ''
  return line + safeText(planToText(event.plan)) + advice
}
