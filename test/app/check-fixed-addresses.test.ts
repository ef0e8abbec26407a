import { expect, test } from 'vitest'
import { checkFixedAddresses } from '../../src/app/check-fixed-addresses.ts'
import { desiredOf } from '../../src/app/desired-of.ts'
import { projectOf } from '../support/memory-project.ts'

const NETWORKS =
  'networks: {n: {enable_ipv6: true, ipam: {config: [{subnet: 10.8.0.0/24}, {subnet: "fd00::/64"}]}}, o: {ipam: {config: [{subnet: 10.8.0.0/24}]}}}\n'

function problemsOf(services: string, selected: readonly string[] = []) {
  const project = projectOf(`services:\n${services}${NETWORKS}`)
  const desired = desiredOf(project, { services: selected, noDeps: true, scale: new Map() })
  return checkFixedAddresses(desired, project.origins)
}

const TWO =
  '  a: {image: x, networks: {n: {ipv4_address: 10.8.0.5}}}\n  b: {image: x, networks: {n: {ipv4_address: 10.8.0.5}}}\n'

test('checkFixedAddresses() shows both places of an address that two services have', () => {
  expect(problemsOf(TWO)).toMatchObject([
    {
      code: 'conflicting-keys',
      message: 'Cannot give service "b" address "10.8.0.5" on network "n": service "a" has it too',
      span: { line: 3, column: 46 },
      related: [{ span: { line: 2, column: 46 } }],
    },
  ])
})

test('checkFixedAddresses() passes over services that are not wanted, and other networks', () => {
  expect(problemsOf(TWO, ['a'])).toEqual([])
  expect(problemsOf(TWO.replace(/n(?=: \{ipv4_address[^\n]*\n$)/, 'o'))).toEqual([])
})

test('checkFixedAddresses() knows one IPv6 address in all its forms', () => {
  const six = TWO.replaceAll('ipv4', 'ipv6')
    .replace('10.8.0.5', '"fd00::5"')
    .replace('10.8.0.5', '"fd00:0::0:5"')
  expect(problemsOf(six)).toHaveLength(1)
})

test('checkFixedAddresses() shows the place of an address of several replicas once', () => {
  const [problem, ...others] = problemsOf(
    '  a: {image: x, scale: 2, networks: {n: {ipv4_address: 10.8.0.5}}}\n',
  )
  expect(others).toEqual([])
  expect(problem).toMatchObject({ message: expect.stringMatching(/it has 2 replicas$/), span: { line: 2 } })
  expect(problem).not.toHaveProperty('related')
  expect(problemsOf('  a: {image: x, scale: 0, networks: {n: {ipv4_address: 10.8.0.5}}}\n')).toEqual([])
})
