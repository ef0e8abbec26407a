import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { callerEnvironment } from '../../src/base/caller-environment.ts'
import { hiddenVariable, NODE_VARIABLES } from '../../src/warm/hidden-variable.ts'

test('the variables that a warm process hides are those that bin/tcompose-cold hides', () => {
  const script = readFileSync(resolve(import.meta.dirname, '../../bin/tcompose-cold'), 'utf8')
  const names = /^for name in ([\s\S]+?); do$/m.exec(script)?.[1]?.split(/[\s\\]+/)
  expect([...NODE_VARIABLES]).toEqual(names)
})

test('callerEnvironment() undoes hiddenVariable()', () => {
  expect([hiddenVariable('HOME'), hiddenVariable('NODE_PATH')]).toEqual(['HOME', 'TCOMPOSE_CALLER_NODE_PATH'])
  expect(callerEnvironment({ [hiddenVariable('NODE_PATH')]: 'x' })).toEqual({ NODE_PATH: 'x' })
})
