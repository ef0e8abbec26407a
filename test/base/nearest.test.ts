import { describe, expect, test } from 'vitest'
import { nearest } from '../../src/base/nearest.ts'

const KEYS = [
  'command',
  'environment',
  'image',
  'mem_limit',
  'ports',
  'read_only',
  'service_healthy',
  'working_dir',
]

describe('nearest()', () => {
  const found = [
    { text: 'imgae', meant: 'image', why: 'swapped letters' },
    { text: 'Image', meant: 'image', why: 'another case' },
    { text: 'mem-limit', meant: 'mem_limit', why: 'another separator' },
    { text: 'port', meant: 'ports', why: 'a missing end' },
    { text: 'env', meant: 'environment', why: 'the start of the word' },
    { text: 'healthy', meant: 'service_healthy', why: 'the end of the word' },
    { text: 'cmd', meant: 'command', why: "another tool's name" },
    { text: 'workdir', meant: 'working_dir', why: "another tool's name" },
  ]
  for (const { text, meant, why } of found) {
    test(`nearest() takes "${text}" for "${meant}": ${why}`, () => {
      expect(nearest(text, KEYS)).toEqual([meant])
    })
  }

  for (const text of ['', 'x', 'zebra', 'replicas', 'a'.repeat(500)]) {
    test(`nearest() finds nothing like ${JSON.stringify(text.slice(0, 10))}`, () => {
      expect(nearest(text, KEYS)).toEqual([])
    })
  }

  test('nearest() gives what is equally near, the longer common start first, three at most', () => {
    expect(nearest('7.3', ['7.2', '7.4', '6.3', '8.3', '7.10'])).toEqual(['7.2', '7.4', '6.3'])
  })
})
