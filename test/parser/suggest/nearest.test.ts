import { describe, expect, test } from 'vitest'
import { nearest } from '../../../src/parser/suggest/nearest.ts'

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
      expect(nearest(text, KEYS)).toBe(meant)
    })
  }

  for (const text of ['', 'x', 'zebra', 'replicas', 'a'.repeat(500)]) {
    test(`nearest() finds nothing like ${JSON.stringify(text.slice(0, 10))}`, () => {
      expect(nearest(text, KEYS)).toBeUndefined()
    })
  }
})
