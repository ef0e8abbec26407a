import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { TestProject } from '../support/test-project.ts'

let project: TestProject
let from: number
beforeAll(async () => {
  from = await freePort()
  project = new TestProject({
    compose: `
name: ports
services:
  web:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    ports:
      - "82"
      - "83"
      - "0:84"
      - "127.0.0.1::85"
      - "127.0.0.1::86"
      - "90-91"
      - "82/udp"
      - "83/udp"
      - { target: 87, published: "" }
      - "127.0.0.3:${from}-${from + 1}:88"
      - "127.0.0.3:${from}-${from + 1}:89"
`,
  })
  await project.succeed('up', '-d')
})
afterAll(() => project[Symbol.asyncDispose]())

test('each entry without a host port, and each of one range, gets a port of its own', async () => {
  const { Publishers } = JSON.parse(await project.succeed('ps', 'web', '--format', 'json'))
  const ports: readonly {
    readonly URL: string
    readonly TargetPort: number
    readonly PublishedPort: number
    readonly Protocol: string
  }[] = Publishers
  expect(ports.filter(({ URL }) => URL !== '::')).toHaveLength(12)
  expect(ports.filter(({ URL }) => URL === '::')).toHaveLength(8)
  const taken = ports.map(({ Protocol, PublishedPort }) => `${Protocol}/${PublishedPort}`)
  expect(new Set(taken).size).toBe(12)
  const ofRange = ports.filter(({ TargetPort }) => TargetPort === 88 || TargetPort === 89)
  expect(ofRange.map(({ PublishedPort }) => PublishedPort).sort()).toEqual([from, from + 1])
})

test('port names the host port of each entry', async () => {
  expect(await project.succeed('port', 'web', '82')).toMatch(/^0\.0\.0\.0:\d+$/m)
  expect(await project.succeed('port', 'web', '86')).toMatch(/^127\.0\.0\.1:\d+$/m)
})
