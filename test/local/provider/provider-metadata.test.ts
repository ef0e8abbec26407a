import { expect, test } from 'vitest'
import { checkOptions, parseMetadata } from '../../../src/local/provider/provider-metadata.ts'

const METADATA = JSON.stringify({
  description: 'x',
  up: { parameters: [{ name: 'size', required: true }, { name: 'zone' }, { bad: 1 }] },
  down: { parameters: [{ name: 'force' }] },
  stop: {},
})

test('parseMetadata() reads the parameters of each command', () => {
  expect(parseMetadata(METADATA)).toEqual({
    up: [
      { name: 'size', isRequired: true },
      { name: 'zone', isRequired: false },
    ],
    down: [{ name: 'force', isRequired: false }],
    stop: [],
  })
  for (const text of ['', 'hello', '[]', '{}', '{"up": 1}']) expect(parseMetadata(text)).toBeUndefined()
})

const provider = {
  type: 'cloud',
  options: new Map([
    ['zone', ['a', 'b']],
    ['colour', ['red']],
  ]),
}

test('checkOptions() passes on what a command takes, and names what is missing and what nobody knows', () => {
  const metadata = parseMetadata(METADATA)
  expect(checkOptions(provider, 'up', metadata)).toEqual({
    args: ['--zone=a', '--zone=b'],
    missing: ['size'],
    unknown: ['colour'],
  })
  expect(checkOptions(provider, 'down', metadata)).toEqual({ args: [], missing: [], unknown: ['colour'] })
})

test('checkOptions() passes on everything where the provider describes nothing', () => {
  expect(checkOptions(provider, 'up', undefined)).toEqual({
    args: ['--zone=a', '--zone=b', '--colour=red'],
    missing: [],
    unknown: [],
  })
})
