import { expect, test } from 'vitest'
import { deviceProgram } from '../../../src/linux/cgroup/device-program.ts'
import {
  DEFAULT_DEVICE_RULES,
  deviceRuleText,
  withDefaultRules,
} from '../../../src/linux/cgroup/device-rules.ts'
import { runDeviceProgram } from '../../support/device-program-interpreter.ts'

const program = deviceProgram(DEFAULT_DEVICE_RULES)
const cases = [
  { access: { kind: 'character', major: 1, minor: 3, access: 'rw' }, allowed: true },
  { access: { kind: 'block', major: 1, minor: 3, access: 'r' }, allowed: false },
  { access: { kind: 'character', major: 1, minor: 1, access: 'r' }, allowed: false },
  { access: { kind: 'character', major: 1, minor: 1, access: 'm' }, allowed: true },
  { access: { kind: 'block', major: 8, minor: 0, access: 'm' }, allowed: true },
  { access: { kind: 'block', major: 8, minor: 0, access: 'rm' }, allowed: false },
  { access: { kind: 'character', major: 136, minor: 77, access: 'rw' }, allowed: true },
  { access: { kind: 'character', major: 5, minor: 2, access: 'rw' }, allowed: true },
  { access: { kind: 'character', major: 10, minor: 200, access: 'rw' }, allowed: true },
  { access: { kind: 'character', major: 10, minor: 229, access: 'r' }, allowed: false },
] as const
for (const { access, allowed } of cases) {
  test(`deviceProgram() ${allowed ? 'allows' : 'denies'} ${deviceRuleText(access)} by default`, () => {
    expect(runDeviceProgram(program, access)).toBe(allowed ? 1 : 0)
  })
}

test('deviceProgram() denies everything without a rule', () => {
  expect(runDeviceProgram(deviceProgram([]), { kind: 'character', major: 1, minor: 3, access: 'r' })).toBe(0)
})

test('deviceRuleText() writes what is left open as a star', () => {
  expect(DEFAULT_DEVICE_RULES.map(deviceRuleText)).toContain('c 136:* rwm')
  expect(DEFAULT_DEVICE_RULES.map(deviceRuleText)).toContain('b *:* m')
})

test('withDefaultRules() lets a device be opened for what two rules allow', () => {
  const one = { kind: 'character', major: 188, minor: 1 } as const
  const joined = withDefaultRules([
    { ...one, access: 'r' },
    { ...one, access: 'w' },
  ])
  expect(joined.map(deviceRuleText).at(-1)).toBe('c 188:1 rw')
  expect(runDeviceProgram(deviceProgram(joined), { ...one, access: 'rw' })).toBe(1)
  expect(joined).toHaveLength(DEFAULT_DEVICE_RULES.length + 1)
})

test('withDefaultRules() widens a rule that every container has', () => {
  const every = { kind: 'block', major: undefined, minor: undefined, access: 'r' } as const
  const texts = withDefaultRules([every]).map(deviceRuleText)
  expect(texts).toContain('b *:* rm')
  expect(texts).toHaveLength(DEFAULT_DEVICE_RULES.length)
})
