import { expect, test } from 'vitest'
import type { BuildEvent } from '../../../src/app/index.ts'
import { PlainBuilds } from '../../../src/cli/views/build-plain.ts'
import { aBuildStepSummary } from '../../support/build-builders.ts'

const PLANNED: BuildEvent = {
  kind: 'planned',
  steps: [
    aBuildStepSummary(1, 'WORKDIR /src', { stage: 'build' }),
    aBuildStepSummary(2, 'RUN npm ci', { stage: 'build' }),
    aBuildStepSummary(3, 'COPY --from=build /src /', { stage: 'stage-1', position: 2, count: 2 }),
  ],
}

/** Returns the lines of events, each at its time in milliseconds. */
function linesOf(events: readonly (readonly [number, BuildEvent, string?])[]): readonly string[] {
  const builds = new PlainBuilds()
  return events.flatMap(([now, event, service = 'web']) => builds.linesOf(service, event, now))
}

test('PlainBuilds writes what steps do in the words of BuildKit', () => {
  expect(
    linesOf([
      [0, PLANNED],
      [0, { kind: 'step-finished', id: 1, outcome: 'cached', tookMs: 0 }],
      [1000, { kind: 'step-started', id: 2 }],
      [1532, { kind: 'step-output', id: 2, stream: 'stdout', line: 'added 120 packages' }],
      [13_340, { kind: 'step-output', id: 2, stream: 'stderr', line: '' }],
      [124_000, { kind: 'step-output', id: 2, stream: 'stderr', line: '\u001b[1mall\u001b[0m done' }],
      [124_100, { kind: 'step-finished', id: 2, outcome: 'done', tookMs: 123_100 }],
      [124_100, { kind: 'step-started', id: 3 }],
      [124_150, { kind: 'step-finished', id: 3, outcome: 'failed', tookMs: 50 }],
      [124_150, { kind: 'finished', imageId: 'sha256:0', names: ['shop-web'] }],
    ]),
  ).toEqual([
    '#1 [web build 2/3] WORKDIR /src',
    '#1 CACHED',
    '#2 [web build 3/3] RUN npm ci',
    '#2 0.532 added 120 packages',
    '#2 12.34',
    '#2 123.0 all done',
    '#2 DONE 123.1s',
    '#3 [web stage-1 2/2] COPY --from=build /src /',
    '#3 ERROR 0.1s',
  ])
})

test('PlainBuilds leaves out the name of a lone stage that has none, and numbers over all builds', () => {
  const one: BuildEvent = { kind: 'planned', steps: [aBuildStepSummary(1, 'RUN a', { count: 2 })] }
  expect(
    linesOf([
      [0, one, 'web'],
      [0, one, 'api'],
      [0, { kind: 'step-started', id: 1 }, 'web'],
      [0, { kind: 'step-started', id: 1 }, 'api'],
      [0, { kind: 'step-finished', id: 1, outcome: 'cancelled', tookMs: 0 }, 'web'],
    ]),
  ).toEqual(['#1 [web 2/2] RUN a', '#2 [api 2/2] RUN a', '#1 CANCELED'])
})

test('PlainBuilds writes how far an image is now and then', () => {
  const fetching = (bytesDone: number): BuildEvent => ({
    ...{ kind: 'fetching', image: 'node:22', bytesTotal: 4000 },
    bytesDone,
  })
  expect(
    linesOf([
      [0, fetching(0)],
      [100, fetching(1000)],
      [10_100, fetching(2000)],
      [12_000, fetching(4000)],
      [12_100, { kind: 'notice', message: 'no user "app"', span: aBuildStepSummary(3, 'COPY').span }],
    ]),
  ).toEqual([
    '#1 [web] fetching node:22',
    '#1 2kB / 4kB',
    '#1 DONE 4kB',
    '[web] Dockerfile:3:1: no user "app"',
  ])
})
