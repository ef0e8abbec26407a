import { expect, test } from 'vitest'
import { isDeviceAccess, parseDeviceRule } from '../../src/model/device-rule.ts'

const anyOf = { major: undefined, minor: undefined, access: 'rwm' } as const
const rules = [
  { text: 'c 1:3 mr', rules: [{ kind: 'character', major: 1, minor: 3, access: 'rm' }] },
  { text: 'b 8:* r', rules: [{ kind: 'block', major: 8, minor: undefined, access: 'r' }] },
  { text: 'c 4095:1048575 w', rules: [{ kind: 'character', major: 4095, minor: 1048575, access: 'w' }] },
  {
    text: 'a *:* rwm',
    rules: [
      { kind: 'character', ...anyOf },
      { kind: 'block', ...anyOf },
    ],
  },
] as const
for (const { text, rules: expected } of rules) {
  test(`parseDeviceRule() reads "${text}"`, () => {
    expect(parseDeviceRule(text)).toEqual(expected)
  })
}

for (const text of [
  '',
  'a',
  'd 1:3 r',
  'c 1:3',
  'c 1:3 x',
  'c 1 r',
  'c 4096:0 r',
  'c 1:1048576 r',
  'c 1:3  r',
]) {
  test(`parseDeviceRule() finds no rule in ${JSON.stringify(text)}`, () => {
    expect(parseDeviceRule(text)).toBeUndefined()
  })
}

test('isDeviceAccess() wants each letter once at most', () => {
  expect(['r', 'rwm', 'mw', '', 'rr', 'x', 'rwmx'].filter(isDeviceAccess)).toEqual(['r', 'rwm', 'mw'])
})
