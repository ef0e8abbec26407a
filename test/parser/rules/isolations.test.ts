import { expect, test } from 'vitest'
import { diagnosticsOf, serviceOf, webFile } from '../../support/memory-project.ts'

test('checkIsolations() takes the classes that there are', () => {
  expect(serviceOf('x-isolation: gvisor').isolation).toBe('gvisor')
  expect(serviceOf('x-isolation: process\nruntime: crun')).toMatchObject({
    isolation: 'process',
    runtime: 'crun',
  })
})

test.each([
  ['gvizor', 'there is no class "gvizor"', 'did you mean "gvisor"?'],
  ['[vm]', 'it is no text', undefined],
])('checkIsolations() refuses %s at its place', (value, reason, hint) => {
  const [found] = diagnosticsOf(webFile(`x-isolation: ${value}`))
  expect(found).toMatchObject({
    code: 'bad-value',
    message: `Cannot use "x-isolation" of service "web": ${reason}, expected "process", "gvisor" or "vm"`,
    span: { line: 4, column: 18 },
  })
  expect(found?.hint).toBe(hint)
})

test('readRuntime() takes nvidia, or no name, for no runtime', () => {
  expect(serviceOf('runtime: nvidia')).not.toHaveProperty('runtime')
  expect(serviceOf('runtime: ""')).not.toHaveProperty('runtime')
})
