import { expect, test } from 'vitest'
import { FASTEST, rowOf } from '../../bench/budgets.ts'
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
      budget: { kind: 'share', of: 'docker compose', share: 1 / 10 },
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

test('computeResults() compares with a baseline, and takes it for no peer', () => {
  const samples = [...up('tcompose', 10, 100), ...up('baseline', 10, 80)]
  const [result] = computeResults(
    [{ work: 'up', size: 10, budget: { kind: 'share', of: FASTEST, share: 1 / 2 } }],
    samples,
  )
  expect(result).toMatchObject({ ratios: { baseline: 1.25 }, met: undefined })
})

test('formatResults() writes a line per row', () => {
  const samples = [...up('tcompose', 10, 100), ...up('docker compose', 10, 400)]
  expect(formatResults(computeResults([rowOf('up', 10)], samples), 'services')).toBe(
    [
      'work  services  tcompose  docker compose  ours / docker compose  budget',
      'up          10    100 ms          400 ms                  1/4.0  1/10.0  MISSED',
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
  expect(result).toMatchObject({ ratios: { node: 2.25 }, met: true })
})

const pulled = (work: 'pull' | 're-pull' | 'pull-memory', tool: string, value: number): Sample => ({
  kind: 'measured',
  tool,
  work,
  size: 2,
  value,
})

test('computeResults() judges pull against the faster of the others', () => {
  const samples = [
    pulled('pull', 'tcompose', 450),
    pulled('pull', 'docker', 2000),
    pulled('pull', 'podman', 800),
  ]
  expect(computeResults([rowOf('pull', 2)], samples)[0]?.met).toBe(false)
  expect(
    computeResults([rowOf('pull', 2)], [...samples.slice(1), pulled('pull', 'tcompose', 400)])[0]?.met,
  ).toBe(true)
})

test('computeResults() judges re-pull by what it takes above the bare start of Node', () => {
  const row = [rowOf('re-pull', 2)]
  const node = pulled('re-pull', 'node', 40)
  expect(computeResults(row, [node, pulled('re-pull', 'tcompose', 90)])[0]?.met).toBe(true)
  expect(computeResults(row, [node, pulled('re-pull', 'tcompose', 91)])[0]?.met).toBe(false)
})

test('computeResults() judges pull-memory by bytes', () => {
  const row = [rowOf('pull-memory', 2)]
  expect(computeResults(row, [pulled('pull-memory', 'tcompose', 200_000_001)])[0]?.met).toBe(false)
})
