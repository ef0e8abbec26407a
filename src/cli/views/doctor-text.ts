import type { Examination, HostCheck } from '../../app/index.ts'
import { displayWidth, padColumns } from '../../base/display-width.ts'
import { paletteFor } from './palette.ts'
import { safeLine } from './safe-text.ts'

const SYMBOLS: Readonly<Record<HostCheck['status'], string>> = { ok: '✔', warning: '!', missing: '✘' }

/** Returns the output of `doctor`: a line per check, a hint below those that need one, damaged records and orphans. */
export function doctorText({ checks, damaged, orphans }: Examination, isColored: boolean): string {
  const palette = paletteFor(isColored)
  const paints = { ok: palette.green, warning: palette.yellow, missing: palette.red }
  const width = Math.max(0, ...checks.map(({ name }) => displayWidth(safeLine(name))))
  const lines = checks.flatMap(({ name, status, detail, hint }) => [
    ` ${paints[status](SYMBOLS[status])} ${padColumns(safeLine(name), width)}  ${safeLine(detail)}`,
    ...(hint === undefined || status === 'ok'
      ? []
      : [`   ${' '.repeat(width)}  ${palette.dim(safeLine(hint))}`]),
  ])
  const found = [...damageLines(damaged), ...orphanLines(orphans)].map(safeLine)
  return `${[...lines, '', ...found].join('\n')}\n`
}

function damageLines(damaged: Examination['damaged'] = []): readonly string[] {
  if (damaged.length === 0) return []
  const left = damaged.filter(({ aside }) => aside === undefined)
  return [
    `Damaged records: ${damaged.length}`,
    ...damaged.flatMap(({ reason, project, aside }) => [
      `   ${reason}${project === undefined ? '' : `, the record of project ${project}`}`,
      ...(aside === undefined ? [] : [`      moved to ${aside}`]),
    ]),
    ...(left.length > 0 ? ['Run "tcompose doctor --fix" to move them out of the way'] : []),
    ...(left.some(({ project }) => project !== undefined)
      ? ['This stops and removes all that runs for these projects; their volumes are kept']
      : []),
    '',
  ]
}

function orphanLines(orphans: Examination['orphans']): readonly string[] {
  if (orphans === undefined) return ['Only root can see whether anything was left behind']
  if (orphans.length === 0) return ['No orphans: everything that tcompose made on this machine is recorded']
  const left = orphans.filter(({ removed }) => !removed).length
  return [
    `Orphans, which no record lists: ${orphans.length}`,
    ...orphans.map(({ name, project, removed }) => {
      const owner = project === undefined ? '' : ` of project ${project}`
      return `   ${name}${owner}${removed ? '  removed' : ''}`
    }),
    ...(left > 0 ? ['Run "tcompose doctor --fix" to remove them'] : []),
  ]
}
