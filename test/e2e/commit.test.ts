import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TestProject } from '../support/test-project.ts'

let project: TestProject

beforeAll(async () => {
  project = new TestProject({
    compose: `
name: committer
services:
  web:
    build:
      context: ctx
      dockerfile_inline: |
        FROM scratch
        COPY . /
        ENV FROM_IMAGE=1 CHANGED=no
        LABEL kept=yes
        ONBUILD LABEL triggered=yes
    command: [/busybox, sh, -c, "echo new > /etc/new && /busybox rm /etc/gone && /busybox rm -r /old && /busybox mkdir /old && echo again > /old/again && : > /done && exec /busybox sleep 600"]
    environment: { OF_SERVICE: "2" }
    stop_signal: SIGKILL
    healthcheck: { test: [CMD, /busybox, test, -e, /done], interval: 50ms, retries: 200 }
  copy:
    image: committer-copy:1
    profiles: [later]
    pull_policy: never
    stop_signal: SIGKILL
  host:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
`,
    files: { 'ctx/etc/gone': 'gone', 'ctx/etc/kept': 'kept', 'ctx/old/file': 'old' },
  })
  mkdirSync(join(project.folder, 'ctx/bin'), { recursive: true })
  spawnSync('cp', ['/bin/busybox', join(project.folder, 'ctx/busybox')])
  await project.succeed('up', '-d', '--wait', 'web', 'host')
})
afterAll(() => project[Symbol.asyncDispose]())

async function inspect(name: string) {
  return JSON.parse(await project.succeed('image', 'inspect', name))[0]
}

test('commit makes an image of what a container has changed, hidden files included, with the settings of its service', async () => {
  const result = await project.run([
    ...[
      'commit',
      '-a',
      'Ann',
      '-m',
      'as it is',
      '-c',
      'CMD ["/busybox","sleep","500"]',
      '-c',
      'ENV CHANGED=$FROM_IMAGE',
    ],
    ...[
      '-c',
      'LABEL added="a b"',
      '-c',
      'EXPOSE 80',
      '-c',
      'WORKDIR /old',
      '-c',
      'USER 7',
      '-c',
      'VOLUME /vol',
    ],
    ...['-c', 'ONBUILD ENV LATER=1', '-c', 'ENTRYPOINT []', 'web', 'committer-copy:1'],
  ])
  expect([result.exitCode, result.stderr]).toEqual([
    0,
    expect.stringMatching(
      /^ committer-web-1 {2}Commit committer-web-1 {2}Committed as sha256:[0-9a-f]{64}\n$/,
    ),
  ])
  const image = await inspect('committer-copy:1')
  expect(image).toMatchObject({
    Author: 'Ann',
    Config: {
      Cmd: ['/busybox', 'sleep', '500'],
      Env: expect.arrayContaining(['FROM_IMAGE=1', 'CHANGED=1', 'OF_SERVICE=2']),
      Labels: { kept: 'yes', added: 'a b', 'com.docker.compose.service': 'web' },
      ...{ WorkingDir: '/old', User: '7', ExposedPorts: { '80/tcp': {} }, Volumes: { '/vol': {} } },
      OnBuild: ['LABEL triggered=yes', 'ENV LATER=1'],
    },
  })
  expect(image.Config.Labels).not.toHaveProperty('triggered')
  expect(JSON.parse(await project.succeed('ps', 'web', '--format', 'json'))).toMatchObject({
    State: 'running',
  })
  await project.succeed('up', '-d', 'copy')
  const inside = (...args: readonly string[]) => project.succeed('exec', '-T', 'copy', '/busybox', ...args)
  expect(await inside('cat', '/etc/new', '/etc/kept', '/old/again')).toBe('new\nkeptagain\n')
  expect(await inside('ls', '/etc', '/old')).not.toMatch(/gone|file/)
})

test('commit of a container that does not run makes an image without a name', async () => {
  await project.succeed('stop', 'web')
  const { stderr } = await project.run(['commit', 'web'])
  const id = /sha256:[0-9a-f]{64}/.exec(stderr)?.[0] ?? ''
  expect(await inspect(id)).toMatchObject({ Id: id, Config: { Labels: { kept: 'yes' } } })
})

test('commit refuses what it cannot do, and makes nothing', async () => {
  const before = await project.succeed('image', 'ls', '--format', '{{.ID}} {{.Repository}} {{.Tag}}')
  for (const [args, state] of [
    [['host'], 'is a folder of this machine'],
    [['-c', 'RUN true', 'web'], 'expected one line with an instruction'],
    [['-c', 'EXPOSE many', 'web', 'a:b'], 'many'],
    [['-c', 'ENV', 'web', 'a:b'], ''],
  ] as const) {
    const { exitCode, stderr } = await project.run(['commit', ...args])
    expect(exitCode).not.toBe(0)
    expect(stderr).toContain(state)
  }
  expect(await project.succeed('image', 'ls', '--format', '{{.ID}} {{.Repository}} {{.Tag}}')).toBe(before)
})
