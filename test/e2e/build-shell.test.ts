import { copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, runAtTerminal } from '../support/at-terminal.ts'
import { BuildSession, runRequest, SPAN, type TestRun } from '../support/build-session.ts'
import { processesWith } from '../support/processes-with.ts'
import { TestProject } from '../support/test-project.ts'

const COMPOSE = `
name: shelled
services:
  web:
    build: .
`

const DOCKERFILE = `FROM scratch AS base
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]

FROM base AS slow
RUN sleep 600; touch /late

FROM base
ENV COLOUR=blue
USER 12:34
WORKDIR /work
RUN --mount=type=cache,target=/cache,uid=12 touch made /cache/kept && false
COPY --from=slow /late /
`

const PROMPT = '/work $ '

async function shellInFailedStep(answers: readonly Answer[]) {
  await using project = new TestProject({ compose: COMPOSE, files: { Dockerfile: DOCKERFILE } })
  copyFileSync('/bin/busybox', join(project.folder, 'busybox'))
  return await runAtTerminal(project, 'build --shell', answers)
}

test('build --shell runs a shell in the files, environment, folder and mounts of a command that failed', async ({
  skip,
}) => {
  if (!existsSync('/usr/bin/script')) return skip('no /usr/bin/script')
  const result = await shellInFailedStep([
    { question: PROMPT, keys: 'ls -d /work/made /cache/kept; echo is $COLOUR in $PWD as $(id -u)\r' },
    { question: PROMPT, keys: `sh -c "echo be'gun'; exec sleep 601"\r` },
    { question: 'begun', keys: '\u0003' },
    { question: PROMPT, keys: 'echo ended by $?; exit 42\r' },
  ])
  // Two terminals lie over each other, and each makes an end of a line of a line feed.
  const screen = result.screen.replaceAll(/\r+\n/g, '\n')
  expect(result.exitCode).toBe(1)
  expect(screen).toContain('/cache/kept  /work/made\nis blue in /work as 12\n')
  expect(screen).toContain('ended by 130')
  expect(screen).toMatch(/CANCELED.*Opening a shell in the files of.*ended by.*it exited with 1/s)
  expect(screen).not.toContain('tcompose build --shell')
  expect(screen.split('ended by 130').at(0)?.split(PROMPT).slice(1).join()).not.toMatch(/#\d|Image/)
})

let build: BuildSession
beforeAll(async () => {
  const opened = await BuildSession.open()
  if (typeof opened === 'string') throw new Error(opened)
  build = opened
})
afterAll(() => build[Symbol.asyncDispose]())

/** Feeds `typed` to a shell in place of a command on the base and on `layers`. */
async function shell(typed: string, { layers = [], ...request }: TestRun = {}) {
  const stdin = new PassThrough()
  const output = { stdout: new PassThrough(), stderr: new PassThrough() }
  stdin.end(typed)
  const { onLine: _, ...step } = runRequest({
    ...request,
    layers: [build.base, ...layers],
    folder: join(build.layer({}), 'shell'),
  })
  const exitCode = await build.session.shell({ ...step, io: { kind: 'streams', stdin, ...output } })
  const [stdout, stderr] = [output.stdout, output.stderr].map(stream => String(stream.read() ?? ''))
  return { exitCode, stdout, stderr, folder: step.folder }
}

test('shell() returns the exit code of a shell on streams, and throws away what that changed', async () => {
  const { folder } = await build.run({ script: 'touch /srv/made; rm /etc/passwd; exit 3' })
  const typed = 'ls /srv /etc/passwd; echo changed > /srv/made; ls -s /srv; exit 7\n'
  const first = await shell(typed, { layers: [folder] })
  expect(first).toMatchObject({ exitCode: 7, stdout: expect.stringContaining('made') })
  expect(first.stderr).toContain('/etc/passwd: No such file')
  expect(existsSync(first.folder)).toBe(false)
  expect((await shell('cat /srv/made', { layers: [folder] })).stdout).toBe('')
})

test('shell() ends when the signal of its request aborts', async () => {
  const aborting = new AbortController()
  const onStarted = () => aborting.abort()
  const running = shell('exec sleep 86398.5\n', { signal: aborting.signal, onStarted })
  await expect(running).rejects.toMatchObject({ name: 'AbortError' })
  expect(processesWith('86398.5')).toEqual([])
})

test('shell() says that files have no shell', async () => {
  const { base, session } = build
  const gone = await build.run({ script: 'rm /bin/sh /bin/ash' })
  const { onLine: _, ...step } = runRequest({ layers: [base, gone.folder], folder: build.layer({}) })
  const streams = { stdin: 0, stdout: 1, stderr: 2 }
  await expect(session.shell({ ...step, io: { kind: 'streams', ...streams } })).rejects.toMatchObject({
    code: 'build-step',
    message: 'Cannot open a shell in the files of "RUN true": they have none',
    span: SPAN,
  })
})
