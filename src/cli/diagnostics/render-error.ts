import { errorCode } from '../../base/error-codes.ts'
import type { SourceSpan } from '../../base/source-span.ts'
import type { TcomposeError } from '../../base/tcompose-error.ts'
import { outputText } from '../views/output-text.ts'
import { safeMessage } from '../views/safe-text.ts'
import { renderBlock } from './render-block.ts'
import { frameStyle, type RenderOptions, renderHint } from './render-diagnostics.ts'
import { type FrameStyle, renderFrame } from './render-frame.ts'

/** How a failure is shown. */
export interface RenderErrorOptions extends Omit<RenderOptions, 'closing'> {
  /** Finds the source of a model path such as `services.db.volumes.0`, to quote the line that caused a failure. */
  readonly locate?: (origin: string) => SourceSpan | undefined
  /** The last line, e.g. `Nothing was changed.` */
  readonly closing?: string
}

/**
 * Returns a failure of a run in the same frame as diagnostics: the message, the line of the file that caused it, notes
 * such as the last log lines, the causes, and one next step. Never a stack trace.
 */
export function renderError(error: TcomposeError, options: RenderErrorOptions): string {
  const span = error.span ?? (error.origin === undefined ? undefined : options.locate?.(error.origin))
  const quoted = span === undefined ? [] : isCommand(error, span) ? [span, endOf(span)] : [span]
  const style = frameStyle(
    quoted.map(span => ({ span })),
    options,
  )
  const { paint } = style
  const margin = ' '.repeat(style.gutter + 1)
  const lines = [
    `${paint('error', `error[${errorCode(error.code)}]`)}: ${paint('strong', safeMessage(error.message))}`,
  ]
  if (span !== undefined) lines.push(...renderPlace(error, span, style))
  for (const note of error.notes)
    lines.push(
      ...note
        .split('\n')
        .map(line => `${margin}${paint('frame', '|')} ${safeMessage(outputText(line))}`.trimEnd()),
    )
  for (const cause of causesOf(error))
    lines.push(`${margin}${paint('frame', '=')} cause: ${safeMessage(cause)}`)
  if (error.hint !== undefined) lines.push(...renderHint(error.hint, style, span !== undefined))
  if (options.closing !== undefined) lines.push('', options.closing)
  return `${lines.join('\n')}\n`
}

function renderPlace(error: TcomposeError, span: SourceSpan, style: FrameStyle): readonly string[] {
  const block = isCommand(error, span) ? renderBlock(span, 'error', style) : undefined
  if (block === undefined) return renderFrame({ span, label: undefined, tone: 'error', arrow: '-->' }, style)
  if (error.notes.length === 0) return block
  return [...block, `${' '.repeat(style.gutter + 1)}${style.paint('frame', '|')}`]
}

/** A command of a build that takes several lines: what failed may be in any of them. */
function isCommand({ code }: TcomposeError, { line, endLine }: SourceSpan): boolean {
  return code === 'build-step' && endLine > line
}

function endOf(span: SourceSpan): SourceSpan {
  return { ...span, line: span.endLine }
}

/** The messages of the causes, the nearest first, without those that only repeat the message above them. */
function causesOf(error: Error): readonly string[] {
  const causes: string[] = []
  const seen = new Set<unknown>([error])
  let above = error.message
  for (let cause: unknown = error.cause; cause instanceof Error && !seen.has(cause); cause = cause.cause) {
    seen.add(cause)
    const [message = ''] = cause.message.split('\n')
    if (message !== '' && !above.includes(message)) causes.push(message)
    above = message
  }
  return causes
}
