import { readdirSync, readFileSync, statSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { TestProject } from '../support/test-project.ts'

/** Returns the numbers that service `count` has written, and waits until it has written `last`. */
async function numbersUntil(project: TestProject, last: number, ...args: readonly string[]) {
  return eventually(async () => {
    const output = await project.succeed('logs', '--no-log-prefix', ...args, 'count')
    const numbers = output.split('\n').filter(line => /^\d+$/.test(line))
    expect(numbers.at(-1)).toBe(String(last))
    return numbers.map(Number)
  })
}

function filesOf(project: TestProject, name: string): readonly string[] {
  const folder = join(project.state, 'data/projects/limited/containers')
  return readdirSync(folder).flatMap(id =>
    readdirSync(join(folder, id))
      .filter(file => /^log\b/.test(file))
      .map(file => join(folder, id, file))
      // One that is packed at this moment gets another name.
      .filter(path => statSync(path, { throwIfNoEntry: false })?.isFile() && path.includes(name)),
  )
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

test('max-size and max-file limit what is kept, and logs reads all of that', async () => {
  await using project = new TestProject({
    compose: `
name: limited
services:
  count:
    image: rootfs:/
    command: [sh, -c, "seq 1 5000; exec sleep 1000"]
    logging: {driver: local, options: {max-size: 20k, max-file: "4", compress: "true"}}
`,
  })
  await project.succeed('up', '-d')
  const numbers = await numbersUntil(project, 5000)
  expect(numbers).toEqual(upTo(5000).slice(-numbers.length))
  expect(numbers.length).toBeGreaterThan(1000)
  await eventually(async () => expect(filesOf(project, 'log')).toHaveLength(4))
  for (const path of filesOf(project, 'log')) {
    expect(statSync(path, { throwIfNoEntry: false })?.size ?? 0).toBeLessThanOrEqual(20_000)
  }
  // What is full is packed some time later.
  await eventually(async () => expect(filesOf(project, '.gz')).toHaveLength(3), 30_000)
  expect(await numbersUntil(project, 5000)).toEqual(numbers)
  expect(await numbersUntil(project, 5000, '--tail', '900')).toEqual(upTo(5000).slice(-900))
})

test('logs are kept when a container is recreated, --since-up leaves out the earlier ones', async () => {
  const compose = (command: string) => `
name: again
services:
  count:
    image: rootfs:/
    command: [sh, -c, "${command}; exec sleep 1000"]
`
  await using project = new TestProject({ compose: compose('seq 1 3') })
  await project.succeed('up', '-d')
  await numbersUntil(project, 3)
  project.write('compose.yaml', compose('seq 4 6'))
  await project.succeed('up', '-d')
  expect(await numbersUntil(project, 6)).toEqual(upTo(6))
  await project.succeed('up', '-d', '--force-recreate')
  await eventually(async () => expect(await numbersUntil(project, 6)).toEqual([...upTo(6), 4, 5, 6]))
  expect(await numbersUntil(project, 6, '--since-up')).toEqual([4, 5, 6])
  await project.succeed('rm', '-sf')
  await project.succeed('up', '-d')
  expect(await numbersUntil(project, 6)).toEqual([4, 5, 6])
})

test('driver none keeps nothing, and logs says so', async () => {
  await using project = new TestProject({
    compose: `
name: silent
services:
  main:
    image: rootfs:/
    command: [sh, -c, "seq 1 100000; exit 3"]
    logging: {driver: none}
`,
  })
  await project.run(['up', '-d', '--wait'])
  await eventually(async () => expect(await project.succeed('ps', '-a')).toContain('Exited (3)'))
  const { stdout, stderr } = await project.run(['logs'])
  expect(stdout).toBe('')
  expect(stderr).toBe('silent-main-1 keeps no logs: its log driver is "none"\n')
})

test('driver syslog passes each line on, also while the supervisor is started again', async () => {
  let received = ''
  const server = createServer(socket => {
    socket.on('data', data => {
      received += data.toString()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  try {
    await using project = new TestProject({
      compose: `
name: passed
services:
  count:
    image: rootfs:/
    command: [sh, -c, "for i in $$(seq 1 300); do echo $$i; sleep 0.01; done; echo done; exec sleep 1000"]
    logging: {driver: syslog, options: {syslog-address: "tcp://127.0.0.1:${port}", tag: "{{.Name}}"}}
`,
    })
    await project.succeed('up', '-d')
    await eventually(async () => expect(received).toContain(': 50\n'))
    process.kill(supervisorOf(project), 'SIGKILL')
    await eventually(async () => expect(received).toContain(': done\n'))
    const lines = received.trimEnd().split('\n')
    expect(lines[0]).toMatch(/^<30>\w{3} [ \d]\d \d\d:\d\d:\d\d passed-count-1\[\d+\]: 1$/)
    const numbers = new Set(lines.map(line => line.replace(/^.*: /, '')))
    expect([...numbers]).toEqual([...upTo(300).map(String), 'done'])
    expect(await project.succeed('logs', '--tail', '1', '--no-log-prefix')).toBe('done\n')
  } finally {
    server.close()
  }
})

function supervisorOf(project: TestProject): number {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger)
  const found = pids.find(pid => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1')
      return words.includes('supervisor') && words.includes(project.state)
    } catch {
      return false
    }
  })
  if (found === undefined) throw new Error('No supervisor runs')
  return found
}
