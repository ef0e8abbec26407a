import { describe, expect, test } from 'vitest'
import { readArguments } from '../../../../src/engine/local/supervisor/read-arguments.ts'

describe('readArguments()', () => {
  test('reads the roots and the project', () => {
    expect(readArguments(['--project', 'shop', '--run', '/r', '--data', '/d'])).toEqual({
      roots: { data: '/d', run: '/r' },
      project: 'shop',
    })
  })
  for (const { args, message } of [
    { args: [], message: 'Cannot start the supervisor: --data is missing' },
    { args: ['--data'], message: 'Cannot use argument "--data"' },
    { args: ['--other', 'x'], message: 'Cannot use argument "--other"' },
    { args: ['--data', '/d', '--run', '/r', '--project', 'No!'], message: 'Cannot use project name "No!"' },
  ]) {
    test(`rejects ${args.join(' ') || 'nothing'}`, () => expect(() => readArguments(args)).toThrow(message))
  }
})
