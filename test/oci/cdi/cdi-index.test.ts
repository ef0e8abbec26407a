import { expect, test } from 'vitest'
import { type CdiSource, indexCdiDevices } from '../../../src/oci/cdi/cdi-index.ts'

function aSource(name: string, rank: number, ...devices: readonly string[]): CdiSource {
  const spec = {
    ...{ cdiVersion: '0.3.0', kind: 'v/c' },
    devices: devices.map(device => ({ name: device, containerEdits: { env: [`FROM=${name}`] } })),
  }
  return { name, rank, spec }
}

test('indexCdiDevices() lets the folder of the higher rank win, in whichever order they come', () => {
  const [low, high] = [aSource('low', 0, 'a', 'b'), aSource('high', 1, 'a')]
  for (const sources of [
    [low, high],
    [high, low],
  ]) {
    const index = indexCdiDevices(sources)
    expect([...index].map(([name, { source }]) => [name, source.name])).toEqual([
      ['v/c=a', 'high'],
      ['v/c=b', 'low'],
    ])
    expect(index.get('v/c=a')?.rivals).toEqual([])
  }
})

test('indexCdiDevices() keeps who else has a device at the same rank', () => {
  const index = indexCdiDevices([aSource('one', 1, 'a'), aSource('two', 1, 'a')])
  expect(index.get('v/c=a')?.rivals.map(({ name }) => name)).toEqual(['two'])
})
