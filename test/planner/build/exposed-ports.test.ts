import { expect, test } from 'vitest'
import { exposedPorts } from '../../../src/planner/build/exposed-ports.ts'

const ports: ReadonlyArray<readonly [text: string, ports: readonly string[]]> = [
  ['80', ['80/tcp']],
  ['80/', ['80/tcp']],
  ['80/UDP', ['80/udp']],
  ['80/sctp', ['80/sctp']],
  ['0', ['0/tcp']],
  ['080', ['80/tcp']],
  ['80-82/udp', ['80/udp', '81/udp', '82/udp']],
  ['8080:80', ['80/tcp']],
  ['127.0.0.1:8080:80', ['80/tcp']],
  ['8000-8010:80', ['80/tcp']],
  ['[::1]:8080:80', ['80/tcp']],
  ['::1:8080:80', ['80/tcp']],
  ['8000-8001:80-81', ['80/tcp', '81/tcp']],
]
for (const [text, expected] of ports) {
  test(`exposedPorts() reads ${text}`, () => {
    expect(exposedPorts(text)).toEqual(expected)
  })
}

for (const text of [
  '70000',
  'host:8080:80',
  '[::1:8080:80',
  '127.0.0:8080:80',
  '-1',
  'a',
  '82-80',
  '80-',
  '80/icmp',
  ':',
  '8000-8002:80-81',
  'x:80',
  '1-2-3',
  '8 0',
]) {
  test(`exposedPorts() refuses ${text} and names it`, () => {
    expect(() => exposedPorts(text)).toThrow(`Cannot expose port "${text}"`)
  })
}
