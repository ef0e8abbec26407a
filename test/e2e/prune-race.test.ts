import { once } from 'node:events'
import { expect, test } from 'vitest'
import { MAY_DOWNLOAD } from '../support/parts/find-program.ts'
import { imageLayout } from '../support/parts/image-layout.ts'
import { startFaultProxy } from '../support/registry/fault-proxy.ts'
import { serveBusybox } from '../support/registry/serve-busybox.ts'
import { TestProject } from '../support/test-project.ts'

const ROUNDS = 3

test('up works beside prunes of all images and volumes in other processes, and running containers keep theirs', {
  timeout: 180_000 + MAY_DOWNLOAD.timeout,
}, async ({ skip }) => {
  const layout = await imageLayout('busybox')
  if (layout.kind === 'missing') return skip(layout.reason)
  const service = (name: string) =>
    `  ${name}:\n    image: "oci:${layout.dir}"\n    command: [sleep, "1000"]\n    init: true\n    volumes: [/anonymous, "kept:/kept"]\n`
  await using project = new TestProject({
    compose: `name: raced\nservices:\n${service('a')}${service('b')}volumes: { kept: {} }\n`,
  })
  let isOver = false
  const prunes = Array.from({ length: 2 }, async () => {
    const results: string[] = []
    while (!isOver) {
      const { exitCode, stderr } = await project.run(['system', 'prune', '-af', '--volumes'])
      if (exitCode !== 0) results.push(stderr)
    }
    return results
  })
  try {
    for (let round = 0; round < ROUNDS; round++) {
      await project.succeed('up', '-d')
      for (const name of ['a', 'b']) {
        expect(await project.succeed('exec', '-T', name, 'cat', '/etc/passwd')).toContain('root:')
        await project.succeed('exec', '-T', name, 'touch', '/anonymous/file', '/kept/file')
      }
      await project.succeed('restart', '-t', '0', 'a')
      expect(await project.succeed('exec', '-T', 'a', 'ls', '/anonymous')).toBe('file\n')
      await project.succeed('down', '-t', '0')
    }
  } finally {
    isOver = true
    expect(await Promise.all(prunes)).toEqual([[], []])
  }
  await project.succeed('system', 'prune', '-af')
  expect(await project.succeed('image', 'ls', '-q')).toBe('')
})

test('a prune does not wait for an up that downloads an image or asks for its digest', {
  timeout: 60_000 + MAY_DOWNLOAD.timeout,
}, async ({ skip }) => {
  await using registry = await serveBusybox()
  if (registry.kind === 'missing') return skip(registry.reason)
  let held: RegExp | undefined
  let reached = Promise.withResolvers<void>()
  let released = Promise.withResolvers<void>()
  await using proxy = await startFaultProxy(registry.host, ({ path }) => {
    if (held?.test(path) !== true) return { kind: 'none' }
    reached.resolve()
    return { kind: 'hold', until: released.promise }
  })
  await using project = new TestProject({
    compose: `name: held\nservices:\n  web:\n    image: ${proxy.host}/t/bb:1\n    command: [sleep, "1000"]\n    init: true\n`,
  })
  for (const { path, args } of [
    { path: /\/blobs\//, args: ['up', '-d'] },
    { path: /\/manifests\//, args: ['up', '-d', '--pull', 'always'] },
  ]) {
    held = path
    reached = Promise.withResolvers()
    released = Promise.withResolvers()
    const up = project.spawn(args)
    up.stdout?.resume()
    up.stderr?.resume()
    const end = once(up, 'close')
    try {
      await reached.promise
      await project.succeed('system', 'prune', '-af', '--volumes')
    } finally {
      released.resolve()
    }
    expect((await end)[0]).toBe(0)
    expect(await project.succeed('exec', '-T', 'web', 'cat', '/etc/passwd')).toContain('root:')
  }
})
