import { describe, expect, test } from 'vitest'
import { decodeOrigins, encodeOrigins } from '../../src/local/origins-codec.ts'

const PLACE = { file: 'compose.yaml', line: 1, column: 2, endLine: 3, endColumn: 4 }

describe('decodeOrigins()', () => {
  test('reads what encodeOrigins() wrote', () => {
    const origins = new Map([
      ['services', PLACE],
      ['services.a', { ...PLACE, file: 'other "file".yaml', line: 9 }],
      ['services.b', { ...PLACE, column: 7 }],
    ])
    expect(decodeOrigins(encodeOrigins(origins))).toEqual(origins)
    expect(decodeOrigins(encodeOrigins(new Map()))).toEqual(new Map())
  })

  test('is undefined for what is damaged', () => {
    const text = encodeOrigins(new Map([['services', PLACE]]))
    const damaged = [
      '',
      '{}',
      '[]',
      text.slice(0, -3),
      text.replace('[[', '[[],['),
      text.replace('0,1,2', '7,1,2'),
    ]
    expect(damaged.map(decodeOrigins)).toEqual(damaged.map(() => undefined))
  })
})
