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
 * Returns the lines below the rows of builds, none for a row of anything else: the images on their way and the steps that
 * run, a line each, and as far as there is room for more, below each step what it wrote last.
 */
export function buildFrames(
  builds: readonly (BuildProgress | undefined)[],
  options: BuildFrameOptions,
): readonly (readonly string[])[] {
  const counts = builds.map(build => (build === undefined ? 0 : build.fetching.size + running(build).length))
  let lines = Math.max(0, options.lines)
  let spare = Math.max(0, lines - counts.reduce((sum, count) => sum + count, 0))
  return builds.map((build, index) => {
    if (build === undefined) return []
    const count = counts[index] ?? 0
    const frame = buildFrame(build, { ...options, lines, tailLines: spare })
    lines -= frame.length
    spare -= Math.max(0, frame.length - count)
    return frame
  })
}

function running({ steps }: BuildProgress): readonly StepProgress[] {
  return [...steps.values()].filter(({ state }) => state === 'running')
}

function buildFrame(
  build: BuildProgress,
  options: BuildFrameOptions & { readonly tailLines: number },
): readonly string[] {
  const fetches = [...build.fetching].map(([image, bytes]) => fetchLine(image, bytes, options))
  let room = options.tailLines
  const steps = running(build).flatMap(step => {
    const tail = room === 0 ? [] : step.tail.slice(-room)
    room -= tail.length
    return [stepLine(step, build, options), ...tail.map(line => tailLine(line, options))]
  })
  return [...fetches, ...steps].slice(0, options.lines)
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
