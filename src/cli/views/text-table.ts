import { displayWidth, padColumns } from '../../base/display-width.ts'
import { safeLine } from './safe-text.ts'

/**
 * Returns `cells` as lines. Columns are as wide as their widest cell and three spaces apart; as in docker's tables, the
 * spaces before empty last cells are kept, since programs split rows at three spaces. No cell can steer a terminal.
 */
export function textTable(cells: readonly (readonly string[])[]): string {
  const rows = cells.map(row => row.map(safeLine))
  const columns = Math.max(0, ...rows.map(row => row.length))
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map(row => displayWidth(row[column] ?? ''))),
  )
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === columns - 1 ? cell : padColumns(cell, widths[column] ?? 0)))
      .join('   ')
  return rows.map(row => `${line(row)}\n`).join('')
}
