import { expect, test } from 'vitest'
import { hashedDefinition } from '../../../../src/engine/local/build/hashed-definition.ts'
import { stepDefinition } from '../../../../src/planner/build/step-definition.ts'
import { aCopyStep, aRunStep } from '../../../support/build-steps.ts'

const { operation } = aRunStep()

function withVariables(...environment: readonly string[]): string {
  if (operation.kind !== 'run') throw new Error('It is no command')
  return hashedDefinition({ ...operation, environment })
}

test('hashedDefinition() has names of variables and no values', () => {
  expect(withVariables('TOKEN=hush=hush', 'EMPTY=')).toMatch(/"TOKEN=[0-9a-f]{64}","EMPTY=[0-9a-f]{64}"/)
  expect(withVariables('TOKEN=hush=hush')).not.toContain('hush')
})

test('hashedDefinition() differs where a value or a name does', () => {
  const texts = [withVariables('A=1'), withVariables('A=2'), withVariables('B=1'), withVariables('A=1=')]
  expect(new Set(texts).size).toBe(4)
  expect(withVariables('A=1')).toBe(texts[0])
})

test('hashedDefinition() of a step without variables is its definition', () => {
  const copy = aCopyStep().operation
  expect(hashedDefinition(copy)).toBe(stepDefinition(copy))
})
