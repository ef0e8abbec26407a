import { isTrueText } from '../../app/index.ts'
import type { CliPorts } from '../cli-ports.ts'

export type AnsiMode = 'never' | 'always' | 'auto'
export type ProgressMode = 'auto' | 'tty' | 'plain' | 'json' | 'quiet' | 'github' | 'gitlab'
export type DiagnosticFormat = 'human' | 'json' | 'sarif' | 'github' | 'line'

/** How a command shows what it does. */
export interface OutputSettings {
  readonly progress: Exclude<ProgressMode, 'auto'>
  /** Steps are shown and not done. @default false */
  readonly isDryRun?: boolean
  /** COMPOSE_STATUS_STDOUT moves it. @default standard error */
  readonly progressStream: 'stdout' | 'stderr'
  /** Whether colours may be used on each stream. */
  readonly isOutputColored: boolean
  readonly isErrorColored: boolean
  /** How diagnostics are written; undefined follows `progress`. */
  readonly diagnostics: DiagnosticFormat | undefined
}

export interface OutputWishes {
  /** Undefined leaves it to COMPOSE_ANSI. */
  readonly ansi: AnsiMode | undefined
  /** Undefined leaves it to COMPOSE_PROGRESS. */
  readonly progress: ProgressMode | undefined
  readonly diagnostics?: DiagnosticFormat | undefined
  /** @default false */
  readonly isDryRun?: boolean
  /** The variable to read behind COMPOSE_PROGRESS, in the words of BuildKit. */
  readonly progressVariable?: string | undefined
}

/** Reconciles what was asked for with what the terminal can do. NO_COLOR, if not empty, turns colours off in `auto`. */
export function outputSettings(
  wishes: OutputWishes,
  { environment, stdout, stderr }: CliPorts,
): OutputSettings {
  const ansi = wishes.ansi ?? ansiMode(environment.get('COMPOSE_ANSI')) ?? 'auto'
  const { progressVariable } = wishes
  const variables = ['COMPOSE_PROGRESS', ...(progressVariable === undefined ? [] : [progressVariable])]
  const named = variables.map(name => progressMode(environment.get(name)))
  const progress = wishes.progress ?? named.find(mode => mode !== undefined) ?? 'auto'
  const mayColor = (isTerminal: boolean): boolean =>
    ansi === 'always' || (ansi === 'auto' && isTerminal && !environment.get('NO_COLOR'))
  const isDumb = environment.get('TERM') === 'dumb'
  const progressStream = isTrueText(environment.get('COMPOSE_STATUS_STDOUT')) ? 'stdout' : 'stderr'
  const canRedraw = { stdout, stderr }[progressStream].isTerminal && ansi !== 'never' && !isDumb
  return {
    progress: progress === 'auto' ? (canRedraw ? 'tty' : 'plain') : progress,
    ...(wishes.isDryRun && { isDryRun: true }),
    progressStream,
    isOutputColored: mayColor(stdout.isTerminal),
    isErrorColored: mayColor(stderr.isTerminal),
    diagnostics: wishes.diagnostics,
  }
}

/** The values of `--ansi`. */
export const ANSI_MODES: readonly AnsiMode[] = ['never', 'always', 'auto']
/** The values of `--progress`. */
export const PROGRESS_MODES: readonly ProgressMode[] = [
  'auto',
  'tty',
  'plain',
  'json',
  'quiet',
  'github',
  'gitlab',
]
/** The values of `--diagnostics`. */
export const DIAGNOSTIC_FORMATS: readonly DiagnosticFormat[] = ['human', 'json', 'sarif', 'github', 'line']

function ansiMode(text: string | undefined): AnsiMode | undefined {
  return ANSI_MODES.find(mode => mode === text)
}

/** BuildKit calls JSON lines `rawjson`. */
function progressMode(text: string | undefined): ProgressMode | undefined {
  if (text === 'rawjson') return 'json'
  return PROGRESS_MODES.find(mode => mode === text)
}
