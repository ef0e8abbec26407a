import { expect, test } from 'vitest'
import { rowOf } from '../../bench/budgets.ts'
import type { Sample } from '../../bench/samples.ts'
import { computeResults, formatResults, formatServiceCosts } from '../../bench/table.ts'

function up(tool: string, size: number, ...values: readonly number[]): readonly Sample[] {
  return values.map(value => ({ kind: 'measured', tool, work: 'up', size, value }))
}

test('computeResults() judges the median against docker compose', () => {
  const samples = [...up('tcompose', 10, 90, 100, 5000), ...up('docker compose', 10, 1300, 1400)]
  expect(computeResults([rowOf('up', 10)], samples)).toEqual([
    {
      work: 'up',
      size: 10,
      budget: 1 / 8,
      medians: { tcompose: 100, 'docker compose': 1350 },
      ratios: { 'docker compose': 100 / 1350 },
      met: true,
    },
  ])
})

test('computeResults() judges nothing where tcompose has no value', () => {
  const [result] = computeResults([rowOf('up', 10)], up('docker compose', 10, 1300))
  expect(result?.met).toBeUndefined()
})

test('formatResults() writes a line per row', () => {
  const samples = [...up('tcompose', 10, 100), ...up('docker compose', 10, 400)]
  expect(formatResults(computeResults([rowOf('up', 10)], samples))).toBe(
    [
      'work  services  tcompose  docker compose  ours / docker compose  budget',
      'up          10    100 ms          400 ms                  1/4.0   1/8.0  MISSED',
    ].join('\n'),
  )
})

test('formatServiceCosts() divides what the larger project takes more', () => {
  const samples = [...up('tcompose', 10, 100), ...up('tcompose', 200, 1050)]
  const results = computeResults([rowOf('up', 10), rowOf('up', 200)], samples)
  expect(formatServiceCosts([10, 200], results)).toBe('one more service, from 10 to 200: 5.00 ms')
})

test('computeResults() judges config against the bare start of Node', () => {
  const sample = (tool: string, value: number): Sample => ({
    kind: 'measured',
    tool,
    work: 'config',
    size: 200,
    value,
  })
  const [result] = computeResults([rowOf('config', 200)], [sample('tcompose', 90), sample('node', 40)])
  expect(result).toMatchObject({ budget: 3, ratios: { node: 2.25 }, met: true })
})
