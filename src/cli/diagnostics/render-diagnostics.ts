import { type Diagnostic, hasErrors } from '../../base/diagnostic.ts'
import { errorCode } from '../../base/error-codes.ts'
import { safeLine, safeMessage } from '../views/safe-text.ts'
import { painter } from './paint.ts'
import { type FrameStyle, type ReadSource, renderFrame } from './render-frame.ts'

/** How diagnostics are shown. */
export interface RenderOptions {
  readonly color: boolean
  readonly readSource: ReadSource
  /** @default 100 */
  readonly width?: number
  /** The last line where there is an error; empty is none. @default Nothing was changed. */
  readonly closing?: string
}

const MOST_SHOWN = 20

/**
 * Returns every diagnostic as a framed quotation, at most 20 and then the number of the rest; if not all fit, errors
 * take precedence over warnings. Ends with a newline, and if there is an error, with the closing words.
 */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: RenderOptions): string {
  if (diagnostics.length === 0) return ''
  const shown = chooseShown(diagnostics)
  const style = frameStyle(shown, options)
  const blocks = shown.map(diagnostic => renderDiagnostic(diagnostic, style).join('\n'))
  const left = diagnostics.length - shown.length
  if (left > 0) blocks.push(`... and ${left} more`)
  const { closing = 'Nothing was changed.' } = options
  if (hasErrors(diagnostics) && closing !== '') blocks.push(closing)
  return `${blocks.join('\n\n')}\n`
}

/** Returns `file:line:column: error: message` for each diagnostic, the format that editors parse. */
export function renderDiagnosticLines(diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .map(({ span, severity, message }) => {
      const place = span === undefined ? 'tcompose' : `${safeLine(span.file)}:${span.line}:${span.column}`
      return `${place}: ${severity}: ${safeMessage(message).replaceAll(/\s*\n\s*/g, ' ')}\n`
    })
    .join('')
}

/** Returns a style whose gutter holds every line number of `diagnostics`. */
export function frameStyle(
  diagnostics: readonly Pick<Diagnostic, 'span' | 'related'>[],
  { color, readSource, width = 100 }: RenderOptions,
): FrameStyle {
  const lines = diagnostics.flatMap(({ span, related }) => [
    span?.line ?? 1,
    ...(related ?? []).map(place => place.span.line),
  ])
  const texts = new Map<string, string | undefined>()
  const readOnce: ReadSource = file => {
    if (!texts.has(file)) texts.set(file, readSource(file))
    return texts.get(file)
  }
  return {
    paint: painter(color),
    readSource: readOnce,
    width,
    gutter: Math.max(2, ...lines.map(line => String(line).length)),
  }
}

function chooseShown(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  if (diagnostics.length <= MOST_SHOWN) return diagnostics
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  const warnings = diagnostics.filter(({ severity }) => severity === 'warning')
  const chosen = new Set([...errors, ...warnings].slice(0, MOST_SHOWN))
  return diagnostics.filter(diagnostic => chosen.has(diagnostic))
}

/** Returns the lines of one diagnostic. */
export function renderDiagnostic(diagnostic: Diagnostic, style: FrameStyle): readonly string[] {
  const { severity, code, message, span, hint, related = [] } = diagnostic
  const isSuggestion = hint?.startsWith('did you mean') ?? false
  const lines = [
    `${style.paint(severity, `${severity}[${errorCode(code)}]`)}: ${style.paint('strong', safeMessage(message))}`,
  ]
  if (span !== undefined) {
    const label = isSuggestion ? safeMessage(hint ?? '') : undefined
    lines.push(...renderFrame({ span, label, tone: severity, arrow: '-->' }, style))
  }
  for (const place of related) {
    lines.push(
      ...renderFrame(
        { span: place.span, label: safeMessage(place.message), tone: 'frame', arrow: ':::' },
        style,
      ),
    )
  }
  if (hint !== undefined && !(isSuggestion && span !== undefined))
    lines.push(...renderHint(hint, style, span !== undefined))
  return lines
}

/** Returns the lines of a hint below a frame, or below a message alone. */
export function renderHint(hint: string, { paint, gutter }: FrameStyle, framed: boolean): readonly string[] {
  const margin = ' '.repeat(gutter + 1)
  const line = `${margin}${paint('frame', '=')} ${paint('hint', 'hint')}: ${safeMessage(hint)}`
  return framed ? [`${margin}${paint('frame', '|')}`, line] : [line]
}
