import { displayWidth, firstColumns, padColumns } from '../../base/display-width.ts'
import { buildFrames } from './build-frame.ts'
import { type Palette, paletteFor } from './palette.ts'
import type { ProgressRow } from './progress-rows.ts'
import { safeLine } from './safe-text.ts'
import { transferParts } from './transfer.ts'

export interface FrameOptions {
  /** E.g. `up`. */
  readonly title: string
  readonly columns: number
  /** The most lines to return; undefined is all. */
  readonly lines: number | undefined
  readonly now: number
  readonly isColored: boolean
}

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const SPIN_MS = 100

/**
 * Returns the lines that show `rows`, none wider than the terminal. If not all fit, failed and unfinished rows take
 * precedence over finished ones.
 */
export function progressFrame(rows: readonly ProgressRow[], options: FrameOptions): readonly string[] {
  const { title, columns, lines, now, isColored } = options
  if (rows.length === 0) return []
  const palette = paletteFor(isColored)
  const done = rows.filter(row => row.state === 'done').length
  const head = cut(`[+] ${title} ${done}/${rows.length}`, columns)
  const shown = lines === undefined || rows.length < lines ? rows : mostTelling(rows, Math.max(0, lines - 2))
  const widths = {
    thing: Math.max(...shown.map(row => displayWidth(safeLine(row.thing)))),
    status: Math.max(...shown.map(row => row.status.length)),
    parts: partWidths(shown, now),
  }
  const hidden = rows.length - shown.length
  const room = lines === undefined ? 0 : Math.max(0, lines - shown.length - (hidden > 0 ? 2 : 1))
  const builds = shown.map(({ state, build }) => (state === 'working' ? build : undefined))
  const below = buildFrames(builds, { columns, now, palette, lines: room })
  return [
    isColored && done === rows.length ? palette.blue(head) : head,
    ...shown.flatMap((row, index) => [
      frameLine(row, { widths, columns, now, palette }),
      ...(below[index] ?? []),
    ]),
    ...(hidden > 0 ? [palette.dim(cut(`   ... and ${hidden} more`, columns))] : []),
  ]
}

/** Returns as many rows as there is space for, in their order. */
function mostTelling(rows: readonly ProgressRow[], room: number): readonly ProgressRow[] {
  const chosen = new Set(rows.toSorted((a, b) => RANKS[a.state] - RANKS[b.state]).slice(0, room))
  return rows.filter(row => chosen.has(row))
}

const RANKS: Readonly<Record<ProgressRow['state'], number>> = { failed: 0, working: 1, skipped: 2, done: 3 }

interface LineContext {
  readonly widths: { readonly thing: number; readonly status: number; readonly parts: readonly number[] }
  readonly columns: number
  readonly now: number
  readonly palette: Palette
}

/** Text is cut before it is coloured, so that every colour is also reset. */
function frameLine(row: ProgressRow, { widths, columns, now, palette }: LineContext): string {
  const time = `${(((row.endedAt ?? now) - row.startedAt) / 1000).toFixed(1)}s`
  const start = ` ${symbolOf(row, now)} ${padColumns(safeLine(row.thing), widths.thing)} `
  const status = ` ${row.status.padEnd(widths.status)} `
  const room = columns - widths.thing - status.length - time.length - 6
  const text = detailText(row, { room, now, parts: widths.parts })
  const detail = text === '' ? '' : ` ${text}`
  if (room < 0) return cut(`${start}${status}`, columns)
  const gap = ' '.repeat(Math.max(1, room + 1 - displayWidth(detail)))
  return `${paintOf(row, palette)(start.slice(0, 2))}${start.slice(2)}${paintOf(row, palette)(status)}${detail}${gap}${palette.dim(time)}`
}

/**
 * The figures of a transfer are aligned with those of other rows; the last ones are left out if they do not fit. Other
 * text is cut.
 */
function detailText(row: ProgressRow, { room, now, parts: widths }: DetailContext): string {
  const parts = partsOf(row, now)
  if (parts === undefined) return room < 8 ? '' : cut(row.detail, room)
  const aligned = parts.length === 1 ? parts : parts.map((part, index) => part.padStart(widths[index] ?? 0))
  const fitting = aligned.findLastIndex((_, index) => aligned.slice(0, index + 1).join('  ').length <= room)
  return aligned.slice(0, fitting + 1).join('  ')
}

interface DetailContext {
  readonly room: number
  readonly now: number
  readonly parts: readonly number[]
}

/** Returns the widths of the columns of figures, over all transfers in progress. */
function partWidths(rows: readonly ProgressRow[], now: number): readonly number[] {
  const all = rows.map(row => partsOf(row, now) ?? []).filter(parts => parts.length > 1)
  const count = Math.max(0, ...all.map(parts => parts.length))
  return Array.from({ length: count }, (_, index) => Math.max(...all.map(parts => parts[index]?.length ?? 0)))
}

/** Returns the figures of a transfer in progress; undefined for other rows and for those with a message to show. */
function partsOf({ state, detail, transfer }: ProgressRow, now: number): readonly string[] | undefined {
  return state === 'working' && transfer !== undefined && detail === ''
    ? transferParts(transfer, now)
    : undefined
}

function symbolOf({ state }: ProgressRow, now: number): string {
  switch (state) {
    case 'working':
      return SPINNER[Math.floor(now / SPIN_MS) % SPINNER.length] ?? ''
    case 'done':
      return '✔'
    case 'failed':
      return '✘'
    case 'skipped':
      return '-'
  }
}

function paintOf({ state }: ProgressRow, palette: Palette): (text: string) => string {
  switch (state) {
    case 'working':
      return palette.blue
    case 'done':
      return palette.green
    case 'failed':
      return palette.red
    case 'skipped':
      return palette.yellow
  }
}

function cut(text: string, width: number): string {
  return displayWidth(text) <= width ? text : `${firstColumns(text, width - 1)}…`
}
