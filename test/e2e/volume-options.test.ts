import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TestProject } from '../support/test-project.ts'

const service = (name: string, rest: string) => `  ${name}:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    network_mode: none
${rest}`

const compose = (size: string) => `name: vopts
services:
${service('one', '    volumes: ["memory:/memory", "folder:/folder", "layers:/layers"]\n')}
${service('two', '    volumes: ["memory:/memory:ro", "seeded:/etc/alternatives"]\n')}
volumes:
  memory: { driver_opts: { type: tmpfs, device: tmpfs, o: "${size},uid=1234,noexec" } }
  folder: { driver_opts: { type: none, device: ./folder, o: bind } }
  seeded: { driver_opts: { type: none, device: ./seeded, o: bind } }
  layers: { driver_opts: { type: overlay, device: overlay, o: "lowerdir=LOWER,upperdir=UPPER,workdir=WORK" } }
`

let project: TestProject
beforeAll(async () => {
  project = new TestProject({
    compose: '',
    files: { 'folder/note': 'of the host\n', 'lower/low': 'below\n' },
  })
  for (const name of ['seeded', 'upper', 'work']) mkdirSync(join(project.folder, name))
  writeCompose('size=3m')
  await project.succeed('up', '-d')
})
afterAll(async () => {
  await project.run(['down', '-v'])
  await project[Symbol.asyncDispose]()
})

function writeCompose(size: string): void {
  const text = compose(size).replace(/LOWER|UPPER|WORK/g, name => join(project.folder, name.toLowerCase()))
  writeFileSync(join(project.folder, 'compose.yaml'), text)
}

function inside(name: string, script: string): Promise<string> {
  return project.succeed('exec', '-T', name, 'sh', '-c', `(${script}) 2>&1 || true`)
}

function mountsOfVolumes(): readonly string[] {
  const volumes = join(project.state, 'data/volumes')
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .flatMap(line => (line.includes(volumes) ? [line.split(' ')[2] ?? ''] : []))
    .sort()
}

test('a volume of type tmpfs is memory with the options of the file, which containers share', async () => {
  expect(await inside('one', 'df -k /memory | tail -1; stat -c %u /memory')).toMatch(/\s3072\s.*\n1234\n$/)
  await inside('one', 'echo shared > /memory/a')
  expect(await inside('two', 'cat /memory/a')).toBe('shared\n')
  expect(await inside('two', 'touch /memory/b')).toContain('Read-only file system')
  expect(await inside('one', 'grep " /memory " /proc/self/mounts')).toContain('noexec')
})

test('a volume with the option bind is a folder of the host, filled from the image where it is empty', async () => {
  expect(await inside('one', 'cat /folder/note; echo back > /folder/back')).toBe('of the host\n')
  expect(readFileSync(join(project.folder, 'folder/back'), 'utf8')).toBe('back\n')
  expect(readdirSync(join(project.folder, 'seeded')).length).toBeGreaterThan(5)
  expect(readdirSync(join(project.folder, 'seeded'))).not.toContain('.tcompose-seed')
})

test('a volume of another type is that file system', async () => {
  expect(await inside('one', 'cat /layers/low; echo up > /layers/up')).toBe('below\n')
  expect(readFileSync(join(project.folder, 'upper/up'), 'utf8')).toBe('up\n')
})

test('a file system is mounted while a container uses it', async () => {
  expect(mountsOfVolumes()).toEqual(['overlay', 'tmpfs'])
  await project.succeed('restart', 'one')
  expect(await inside('one', 'cat /memory/a')).toBe('shared\n')
  await project.succeed('stop', 'one')
  expect(mountsOfVolumes()).toEqual(['tmpfs'])
  await project.succeed('stop', 'two')
  expect(mountsOfVolumes()).toEqual([])
  await project.succeed('start')
  expect(await inside('one', 'ls -A /memory; cat /layers/up')).toBe('up\n')
})

test('a volume keeps its options when the file has others, with a warning', async () => {
  writeCompose('size=5m')
  const { stderr, exitCode } = await project.run(['up', '-d'])
  expect(exitCode).toBe(0)
  expect(stderr).toContain('Volume memory keeps its old configuration and its data')
  expect(await inside('one', 'df -k /memory | tail -1')).toMatch(/\s3072\s/)
  writeCompose('size=3m')
})

test('down --volumes removes the volumes and leaves what was mounted', async () => {
  await project.succeed('down', '-v')
  expect(mountsOfVolumes()).toEqual([])
  expect(readFileSync(join(project.folder, 'folder/note'), 'utf8')).toBe('of the host\n')
  expect(readFileSync(join(project.folder, 'lower/low'), 'utf8')).toBe('below\n')
  expect(existsSync(join(project.state, 'data/volumes/vopts_folder'))).toBe(false)
})

test('a folder that does not exist, and a file system that cannot be mounted, are errors at their places', async () => {
  const options = (text: string) => `name: vopts-bad
services:
${service('web', '    volumes: ["bad:/bad"]\n')}
volumes: { bad: { driver_opts: ${text} } }
`
  await using missing = new TestProject({ compose: options('{ type: none, device: ./gone, o: bind }') })
  const gone = await missing.run(['up', '-d'])
  expect(gone.exitCode).toBe(1)
  expect(gone.stderr).toContain('gone as volume "bad": it does not exist')
  expect(gone.stderr).toContain('compose.yaml:10:54')
  expect(gone.stderr).toContain('Nothing was changed')
  await using unknown = new TestProject({ compose: options('{ type: nosuchfs, device: x }') })
  const failed = await unknown.run(['up', '-d'])
  expect(failed.exitCode).toBe(1)
  expect(failed.stderr).toContain('Cannot mount x (nosuchfs) as volume "vopts-bad_bad"')
  expect(failed.stderr).toContain('ENODEV')
  await unknown.run(['down', '-v'])
})
