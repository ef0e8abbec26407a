import { expect, test } from 'vitest'
import { dependenciesOf, dependencyOrder, withDependencies } from '../../src/planner/graph.ts'
import { aDependency, aService } from '../support/model-builders.ts'

const edges = new Map([
  ['web', ['api', 'cache']],
  ['api', ['db']],
  ['a', ['b']],
  ['b', ['a']],
])
const dependencies = (name: string): readonly string[] => edges.get(name) ?? []

test('dependencyOrder() puts each after what it depends on, whatever the order of the input', () => {
  const order = ['db', 'api', 'cache', 'web']
  expect(dependencyOrder(['web', 'cache', 'db', 'api'], dependencies)).toEqual(order)
  expect(dependencyOrder(['db', 'web', 'api', 'cache'], dependencies)).toEqual(order)
})

test('dependencyOrder() passes over what was not given', () => {
  expect(dependencyOrder(['web', 'db'], dependencies)).toEqual(['db', 'web'])
})

test('dependencyOrder() cuts a cycle', () => {
  expect(dependencyOrder(['a', 'b'], dependencies)).toEqual(['b', 'a'])
})

test('withDependencies() follows dependencies to their end', () => {
  expect([...withDependencies(['web'], dependencies)].sort()).toEqual(['api', 'cache', 'db', 'web'])
})

test('dependenciesOf() counts the service whose network is shared, once', () => {
  const networkMode = { kind: 'service', service: 'app' } as const
  expect(dependenciesOf(aService('x', { networkMode }))).toEqual([aDependency('app')])
  const declared = aDependency('app', { condition: 'service_healthy' })
  expect(dependenciesOf(aService('x', { networkMode, dependsOn: [declared] }))).toEqual([declared])
})
