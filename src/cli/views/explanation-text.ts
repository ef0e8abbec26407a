import {
  dottedPath,
  type ExplainedUse,
  type ExplainedValue,
  type ProvenanceStep,
  type VariableOrigin,
} from '../../app/index.ts'
import { displayWidth, padColumns } from '../../base/display-width.ts'
import { formatSpan, type SourceSpan } from '../../base/source-span.ts'
import { paletteFor } from './palette.ts'
import { safeJson, safeLine } from './safe-text.ts'

/** A location and what happened there. */
type Line = readonly [place: string, words: string]

/** Returns values with the steps that produced them, in order. */
export function explanationText(values: readonly ExplainedValue[], isColored: boolean): string {
  const { blue } = paletteFor(isColored)
  const told = values.map(({ path, value, steps }) => ({
    heading: `${blue(safeLine(path))} = ${safeJson(value)}`,
    lines: steps.map(stepLine),
  }))
  const width = widthOf(told.flatMap(({ lines }) => lines))
  return told.map(({ heading, lines }) => `${heading}\n${linesText(lines, width)}`).join('\n')
}

/** Returns the sources of a variable, the values that use it, and the services that receive it. */
export function variableText(
  { name, value, candidates, uses, services }: ExplainedUse,
  isColored: boolean,
): string {
  const { blue } = paletteFor(isColored)
  const parts: readonly (readonly [heading: string, lines: readonly Line[]])[] = [
    [
      'Set by',
      candidates.map(({ origin, value: text, wins }) => [
        originPlace(origin),
        `${safeJson(text)}${wins ? '' : ', overridden'}`,
      ]),
    ],
    [
      'Used by',
      uses.map(({ path, span, expression, value: text, origin }) => [
        formatSpan(span),
        `${dottedPath(path)}: ${expression} = ${safeJson(text)}, from ${originPlace(origin)}`,
      ]),
    ],
    [
      'Passed to',
      [...services].map(([service, text]) => [
        service,
        text === null ? `${name} is unset` : `${name}=${text}`,
      ]),
    ],
  ]
  const width = widthOf(parts.flatMap(([, lines]) => lines))
  const title = `${blue(safeLine(name))}${value === undefined ? ' is not set' : ` = ${safeJson(value)}`}`
  const sections = parts
    .filter(([, lines]) => lines.length > 0)
    .map(([heading, lines]) => `\n${heading}\n${linesText(lines, width)}`)
  return `${title}\n${sections.join('')}`
}

function widthOf(lines: readonly Line[]): number {
  return Math.max(0, ...lines.map(([place]) => displayWidth(safeLine(place))))
}

function linesText(lines: readonly Line[], width: number): string {
  return lines
    .map(([place, words]) => `  ${padColumns(safeLine(place), width)}  ${safeLine(words)}\n`)
    .join('')
}

function stepLine(step: ProvenanceStep): Line {
  switch (step.kind) {
    case 'include':
    case 'extends':
      return [formatSpan(step.span), `${step.kind} ${step.target}`]
    case 'written':
      return [formatSpan(step.span), `${safeJson(step.value)}${OUTCOMES[step.outcome]}`]
    case 'alias':
      return [formatSpan(step.span), `through the alias *${step.name}`]
    case 'merge-key':
      return [formatSpan(step.span), 'through the merge key <<']
    case 'variable':
      return [originPlace(step.origin), `with ${step.expression} = ${safeJson(step.value)}`]
    case 'env-file':
      return [formatSpan(step.span), `from the env_file at ${formatSpan(step.reference)}`]
    case 'implied':
      return [formatSpan(step.span), 'implied by this line']
  }
}

const OUTCOMES: Readonly<Record<Extract<ProvenanceStep, { kind: 'written' }>['outcome'], string>> = {
  final: '',
  merged: ', merged',
  replaced: ', replaced later',
  reset: ', removed by !reset',
  override: ', replaces all earlier values by !override',
}

function originPlace(origin: VariableOrigin): string {
  switch (origin.kind) {
    case 'process':
      return 'environment'
    case 'env-file':
      return placeOf(origin.span, origin.file)
    case 'project':
      return 'tcompose'
    case 'text':
      return 'its default'
    case 'unset':
      return 'not set'
  }
}

function placeOf(span: SourceSpan | undefined, file: string): string {
  return span === undefined ? file : formatSpan(span)
}
