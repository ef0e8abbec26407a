import { expect, test } from 'vitest'
import { checkHostPorts } from '../../src/app/check-host-ports.ts'
import { desiredOf } from '../../src/app/desired-of.ts'
import { projectOf } from '../support/memory-project.ts'

function problemsOf(text: string, services: readonly string[] = []) {
  const project = projectOf(text)
  const desired = desiredOf(project, { services, noDeps: true, scale: new Map() })
  return checkHostPorts(desired, project.origins)
}

const TWO = 'services:\n  a: {image: x, ports: ["8080:80"]}\n  b: {image: x, ports: ["8080:81"]}\n'

test('checkHostPorts() shows both places of a port that is published twice', () => {
  expect(problemsOf(TWO)).toMatchObject([
    {
      severity: 'error',
      code: 'port-in-use',
      message: 'Cannot publish tcp port 8080 of service "b": service "a" publishes it too',
      span: { line: 3, column: 25 },
      related: [{ span: { line: 2, column: 25 } }],
    },
  ])
})

test('checkHostPorts() passes over services that are not wanted', () => {
  expect(problemsOf(TWO, ['a'])).toEqual([])
})

test('checkHostPorts() shows the place of a port of several replicas once', () => {
  const [problem, ...others] = problemsOf('services: {a: {image: x, scale: 2, ports: ["8080:80"]}}\n')
  expect(others).toEqual([])
  expect(problem).toMatchObject({
    message: expect.stringMatching(/it has several replicas/),
    span: { line: 1 },
  })
  expect(problem).not.toHaveProperty('related')
})

test('checkHostPorts() says how many replicas a range is too small for', () => {
  expect(problemsOf('services: {a: {image: x, scale: 3, ports: ["8080-8081:80"]}}\n')).toMatchObject([
    {
      message: 'Cannot publish tcp ports 8080-8081 of service "a": it has 3 replicas, and these are 2 ports',
      hint: expect.stringMatching(/a range with a port for each replica/),
    },
  ])
})

test('checkHostPorts() shows both places of ranges that are too small together', () => {
  const text =
    'services:\n  a: {image: x, scale: 2, ports: ["8080-8081:80"]}\n  b: {image: x, ports: ["8081-8081:80"]}\n'
  expect(problemsOf(text)).toMatchObject([{ span: { line: 3 }, related: [{ span: { line: 2 } }] }])
})

test('checkHostPorts() knows one IPv6 address in all its forms', () => {
  const text =
    'services:\n  a: {image: x, ports: ["[::1]:80:80"]}\n  b: {image: x, ports: ["[0:0:0:0:0:0:0:1]:80:80"]}\n'
  expect(problemsOf(text)).toHaveLength(1)
  expect(problemsOf(text.replace('0:1]', '0:2]'))).toEqual([])
})
