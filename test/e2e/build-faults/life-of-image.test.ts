import { globSync } from 'node:fs'
import { expect, test } from 'vitest'
import { FaultBench } from '../../support/build-fault/fault-bench.ts'

const COMPOSE = `name: fault
services:
  a:
    image: fault:1
    build: ctx
    stop_signal: SIGKILL
    volumes: ["/c"]
`

test('an image goes from build to up, down and rm, and builder prune frees the rest', async () => {
  const dockerfile = `FROM base:1
RUN --mount=type=cache,target=/cache head -c 20000 /dev/zero > /cache/f; cp /cache/f /f
COPY a /a
CMD ["sleep", "600"]
`
  const files = { 'ctx/Dockerfile': dockerfile, 'ctx/a': 'a\n' }
  await using bench = await FaultBench.open({ compose: COMPOSE, files })
  const { project } = bench
  await project.succeed('up', '-d', '--build')
  expect(await project.succeed('exec', '-T', 'a', 'cat', '/a')).toBe('a\n')
  await project.succeed('builder', 'prune', '-a', '-f')
  expect(await project.succeed('exec', '-T', 'a', 'wc', '-c', '/f')).toBe('20000 /f\n')
  project.write('ctx/a', 'another\n')
  await project.succeed('up', '-d', '--build')
  expect(await project.succeed('exec', '-T', 'a', 'cat', '/a')).toBe('another\n')
  expect((await project.run(['image', 'rm', 'fault:1'])).exitCode).toBe(1)
  await project.succeed('down', '-v')
  await project.succeed('image', 'rm', 'fault:1')
  // The first image lost its name to the second.
  await project.succeed('image', 'prune', '-f')
  bench.expectNothingLeft()
  await project.succeed('builder', 'prune', '-a', '-f')
  expect(await project.succeed('system', 'df')).toMatch(/^Build Cache +0 +0 +0B +0B/m)
  const left = (pattern: string) => globSync(pattern, { cwd: bench.roots.data })
  expect(left('build/{steps,cache,contexts,last}/*')).toEqual([])
  expect(left('layers/sha256/*')).toHaveLength(1)
  await project.succeed('image', 'prune', '-a', '-f')
  expect(left('layers/{sha256,l,sizes,implied,index,packed}/*')).toEqual([])
})
