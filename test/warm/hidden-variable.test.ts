import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { callerEnvironment } from '../../src/base/caller-environment.ts'
import { hiddenVariable, NODE_VARIABLES } from '../../src/warm/hidden-variable.ts'

test('the variables that a warm process hides are those that the front hides', () => {
  const source = readFileSync(resolve(import.meta.dirname, '../../native/front/cold.c'), 'utf8')
  const list = /NODE_VARIABLES\[\] = \{([^}]+)\}/.exec(source)?.[1] ?? ''
  expect([...NODE_VARIABLES]).toEqual([...list.matchAll(/"(\w+)"/g)].map(([, name]) => name))
})

test('callerEnvironment() undoes hiddenVariable()', () => {
  expect([hiddenVariable('HOME'), hiddenVariable('NODE_PATH')]).toEqual(['HOME', 'TCOMPOSE_CALLER_NODE_PATH'])
  expect(callerEnvironment({ [hiddenVariable('NODE_PATH')]: 'x' })).toEqual({ NODE_PATH: 'x' })
})
