import { expect, test } from 'vitest'
import {
  containerEnvironment,
  extendEnvironment,
} from '../../../../src/engine/local/container/process-environment.ts'
import { DEFAULT_PATH } from '../../../../src/runtime/launch/program-candidates.ts'

const input = {
  image: [],
  hostname: 'h',
  home: '/root',
  tty: false,
  service: new Map<string, string | undefined>(),
}

test('containerEnvironment() fills in PATH, HOSTNAME and HOME', () => {
  expect(containerEnvironment(input)).toEqual([`PATH=${DEFAULT_PATH}`, 'HOSTNAME=h', 'HOME=/root'])
})

test('containerEnvironment() lets the image win over the defaults and the service over the image', () => {
  const lines = containerEnvironment({
    ...input,
    tty: true,
    image: ['PATH=/bin', 'A=image', 'B=image=x', 'C'],
    service: new Map([
      ['A', 'service'],
      ['HOME', '/srv'],
      ['TERM', 'vt100'],
    ]),
  })
  expect(lines).toEqual([
    'PATH=/bin',
    'HOSTNAME=h',
    'TERM=vt100',
    'HOME=/srv',
    'A=service',
    'B=image=x',
    'C=',
  ])
})

test('containerEnvironment() takes away what the service sets to undefined', () => {
  const lines = containerEnvironment({
    ...input,
    image: ['A=1', 'B=2'],
    service: new Map([['A', undefined]]),
  })
  expect(lines.slice(3)).toEqual(['B=2'])
})

for (const home of ['', undefined]) {
  test(`containerEnvironment() gives HOME to a process whose service sets it to ${JSON.stringify(home)}`, () => {
    const lines = containerEnvironment({
      ...input,
      image: ['HOME=/image'],
      service: new Map([['HOME', home]]),
    })
    expect(lines).toContain('HOME=/root')
  })
}

test('extendEnvironment() replaces in place and appends', () => {
  expect(extendEnvironment(['A=1', 'B=2'], ['A=3', 'C=4'])).toEqual(['A=3', 'B=2', 'C=4'])
})
