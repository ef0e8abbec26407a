import { displayWidth, firstColumns } from '../../base/display-width.ts'
import { type BuildProgress, type StepProgress, stepTitle } from './build-progress.ts'
import { humanSize } from './human-size.ts'
import { outputText } from './output-text.ts'
import type { Palette } from './palette.ts'
import { safeLine } from './safe-text.ts'

export interface BuildFrameOptions {
  readonly columns: number
  readonly now: number
  readonly palette: Palette
  /** The most lines to return. */
  readonly lines: number
}

/**
 * Returns the lines below the row of a build: the steps that run and the images on their way, a line each, and below a step
 * what it wrote last, as far as there is room.
 */
export function buildFrame(build: BuildProgress, options: BuildFrameOptions): readonly string[] {
  const running = [...build.steps.values()].filter(({ state }) => state === 'running')
  const fetches = [...build.fetching].map(([image, bytes]) => fetchLine(image, bytes, options))
  const shown = running.slice(0, Math.max(0, options.lines - fetches.length))
  let room = options.lines - fetches.length - shown.length
  const steps = shown.flatMap(step => {
    const tail = step.tail.slice(-Math.max(0, room)).slice(0, Math.max(0, room))
    room -= tail.length
    return [stepLine(step, build, options), ...tail.map(line => tailLine(line, options))]
  })
  return [...fetches, ...steps].slice(0, Math.max(0, options.lines))
}

const INDENT = '   '

function stepLine(
  step: StepProgress,
  build: BuildProgress,
  { columns, now, palette }: BuildFrameOptions,
): string {
  const time = `${((now - (step.startedAt ?? now)) / 1000).toFixed(1)}s`
  const room = columns - INDENT.length - time.length - 2
  const title = cut(safeLine(stepTitle(step, build)), room)
  if (room < 8) return cut(`${INDENT}${safeLine(stepTitle(step, build))}`, columns)
  return `${INDENT}${title}${' '.repeat(room - displayWidth(title) + 1)}${palette.dim(time)}`
}

function fetchLine(
  image: string,
  { bytesDone, bytesTotal }: { readonly bytesDone: number; readonly bytesTotal: number },
  { columns }: BuildFrameOptions,
): string {
  const share = `${humanSize(bytesDone)} / ${humanSize(bytesTotal)}`
  return cut(`${INDENT}${safeLine(image)}  ${share}`, columns)
}

function tailLine(line: string, { columns, palette }: BuildFrameOptions): string {
  return palette.dim(cut(`${INDENT}${INDENT}${outputText(line).replaceAll('\t', '    ')}`, columns))
}

function cut(text: string, width: number): string {
  return displayWidth(text) <= width ? text : `${firstColumns(text, Math.max(0, width - 1))}…`
}
