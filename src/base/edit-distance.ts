/**
 * Returns the count of slips between two texts, or infinity once it is sure to reach `limit`. Swapped neighbours count as
 * one; a text of more than 64 characters is no slip of another.
 */
export function editDistance(from: string, to: string, limit: number): number {
  if (Math.abs(from.length - to.length) >= limit || from.length > 64) return Number.POSITIVE_INFINITY
  let beforeLast: readonly number[] = []
  let last: readonly number[] = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    let least = row
    for (let column = 1; column <= to.length; column++) {
      const substitution = at(last, column - 1) + (from[row - 1] === to[column - 1] ? 0 : 1)
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      const swap =
        row > 1 && column > 1 && swapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY
      const cost = Math.min(at(last, column) + 1, at(current, column - 1) + 1, substitution, swap)
      current.push(cost)
      least = Math.min(least, cost)
    }
    // A swap reaches back two rows, so one row past the limit is not the end yet.
    if (least > limit) return Number.POSITIVE_INFINITY
    beforeLast = last
    last = current
  }
  return at(last, to.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
