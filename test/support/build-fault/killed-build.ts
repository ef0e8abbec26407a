import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { FaultBench, FaultProject } from './fault-bench.ts'

/** Seven steps in two stages. A new `ROUND` runs them again, and makes the same files. */
export const SEVEN_STEPS: FaultProject = {
  files: {
    'ctx/src/a': 'a\n',
    'ctx/src/b': 'b\n',
    'ctx/Dockerfile': `FROM base:1 AS first
ARG ROUND
RUN echo made > /made && mkdir /tree && echo x > /tree/x
COPY src /src
WORKDIR /work/here
RUN cat /src/a > copied && (trap "" TERM INT; setsid sleep 0.2) & sleep 0.1; wait
FROM base:1
ARG ROUND
RUN rm /etc/group; echo own > /own
COPY --from=first /made /tree /got/
COPY --from=first /work /work
RUN ls /got > /list
`,
  },
}

/** When a build is killed: at a count of events that it has written, or after a time. */
export type KillPoint =
  | { readonly kind: 'event'; readonly count: number }
  | { readonly kind: 'time'; readonly afterMs: number }

/**
 * Kills a build that has nothing cached, builds again, and expects the files of a build that nothing disturbed, and
 * nothing left. Returns whether the build was killed, and not done before.
 */
export async function surviveKill(
  bench: FaultBench,
  { point, round, tree }: { readonly point: KillPoint; readonly round: string; readonly tree: unknown },
): Promise<boolean> {
  const args = ['build', '--build-arg', `ROUND=${round}`]
  const child = bench.project.spawn(['--progress', 'json', ...args])
  await killAt(child, point)
  await bench.expectNothingRuns()
  await bench.mustBuild(...args.slice(1))
  bench.expectNothingLeft()
  assert.deepEqual((await bench.describe()).tree, tree)
  return child.signalCode === 'SIGKILL'
}

async function killAt(child: ChildProcess, point: KillPoint): Promise<void> {
  const exit = once(child, 'exit')
  const kill = () => child.kill('SIGKILL')
  const timer = point.kind === 'time' ? setTimeout(kill, point.afterMs) : undefined
  let events = 0
  for (const output of [child.stdout, child.stderr]) {
    if (output === null) continue
    createInterface({ input: output }).on('line', () => {
      events += 1
      if (point.kind === 'event' && events === point.count) kill()
    })
  }
  await exit
  clearTimeout(timer)
}

/** Counts the events of a build of which nothing is cached, and how long it takes. */
export async function measureBuild(
  bench: FaultBench,
): Promise<{ readonly events: number; readonly tookMs: number }> {
  const begun = performance.now()
  const { exitCode, stdout, stderr } = await bench.project.run(['--progress', 'json', 'build', '--no-cache'])
  assert.equal(exitCode, 0, stderr)
  const events = `${stdout}${stderr}`.trim().split('\n').length
  return { events, tookMs: performance.now() - begun }
}
