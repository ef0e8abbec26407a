import type { JsonObject } from '../../../src/base/json-reader.ts'
import type { Dockerfile } from '../../../src/model/dockerfile.ts'
import { parsePlatform } from '../../../src/model/platform.ts'
import { parseDockerfile } from '../../../src/parser/dockerfile/parse-dockerfile.ts'
import { parseTrigger } from '../../../src/parser/dockerfile/parse-trigger.ts'
import type { BaseImage, BuildGraph, BuildOperation } from '../../../src/planner/build/build-graph.ts'
import type { BuildPlanning, BuildPlanRequest } from '../../../src/planner/build/build-request.ts'
import { planBuild } from '../../../src/planner/build/plan-build.ts'
import { deepFreeze } from '../../support/deep-freeze.ts'

/** The PATH that every image gets. */
export const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** The configurations of the images that the tests start from, by key. */
export const IMAGES: ReadonlyMap<string, BaseImage> = new Map(
  Object.entries({
    plain: { Env: [PATH], Cmd: ['/bin/sh'] },
    empty: {},
    full: {
      User: 'app',
      WorkingDir: '/srv/app',
      Entrypoint: ['/bin/echo', 'base'],
      Cmd: ['from-base'],
      Env: [PATH, 'FOO=base', 'KEEP=yes'],
      ExposedPorts: { '8080/tcp': {} },
      Volumes: { '/vol': {} },
      Labels: { from: 'base', keep: 'base' },
      StopSignal: 'SIGUSR1',
      Healthcheck: { Test: ['CMD', 'true'], Interval: 7e9, Retries: 5 },
      Shell: ['/bin/bash', '-c'],
    },
    triggers: {
      Env: [PATH],
      OnBuild: ['COPY marker /m/', 'ENV OB=$WHO', 'RUN echo $OB > /m/built'],
    },
  }).map(([name, config]) => [`docker.io/library/${name}:latest`, anImage(config)]),
)

/** An image whose part `config` is `config`. */
export function anImage(config: JsonObject): BaseImage {
  return {
    document: {
      architecture: 'amd64',
      os: 'linux',
      created: '2001-09-09T01:46:40Z',
      config,
      rootfs: { type: 'layers', diff_ids: [] },
      history: [{ created_by: 'base layer' }],
    },
  }
}

/** Reads a Dockerfile that has no mistake. */
export function dockerfileOf(text: string): Dockerfile {
  const { value, diagnostics } = parseDockerfile(text, { file: 'Dockerfile' })
  if (value === undefined) throw new Error(JSON.stringify(diagnostics))
  return value
}

/** What is asked of a build besides its Dockerfile; `args` and `labels` as objects. */
export type RequestChanges = Partial<Omit<BuildPlanRequest, 'dockerfile' | 'args' | 'labels'>> & {
  readonly args?: Readonly<Record<string, string>>
  readonly labels?: Readonly<Record<string, string>>
}

/** A request for a build of `text` on amd64, that nothing can change. */
export function aRequest(
  text: string,
  { args = {}, labels = {}, ...changes }: RequestChanges = {},
): BuildPlanRequest {
  return deepFreeze({
    dockerfile: dockerfileOf(text),
    target: undefined,
    args: new Map(Object.entries(args)),
    labels: new Map(Object.entries(labels)),
    contexts: new Map(),
    platform: parsePlatform('linux/amd64'),
    noCache: false,
    noCacheFilter: [],
    network: 'default',
    entitlements: new Set<string>(),
    parseTrigger,
    ...changes,
  })
}

/** Plans a build of `text` with all images that there are. */
export function planOf(text: string, changes: RequestChanges = {}): BuildPlanning {
  return planBuild(aRequest(text, changes), deepFreeze(new Map(IMAGES)))
}

/** Plans a build of `text`, in which nothing is wrong. */
export function graphOf(text: string, changes: RequestChanges = {}): BuildGraph {
  const planning = planOf(text, changes)
  if (planning.kind !== 'planned') throw new Error(JSON.stringify(planning))
  return planning.graph
}

/** The operations of a build of `text`, without places. */
export function operationsOf(text: string, changes: RequestChanges = {}): readonly BuildOperation[] {
  return graphOf(text, changes).steps.map(({ operation }) => operation)
}

/** The part `config` of the image that `text` builds. */
export function configOf(text: string, changes: RequestChanges = {}): unknown {
  return graphOf(text, changes).document['config']
}

/** The history of the image that `text` builds, each line with `+` if it has a layer. */
export function historyOf(text: string, changes: RequestChanges = {}): readonly string[] {
  return graphOf(text, changes).history.map(
    ({ createdBy, step }) => (step === undefined ? '' : '+ ') + createdBy,
  )
}

/** What is wrong with a build of `text`: `LINE: MESSAGE`. */
export function mistakesIn(text: string, changes: RequestChanges = {}): readonly string[] {
  const planning = planOf(text, changes)
  if (planning.kind !== 'invalid') throw new Error(`It is ${planning.kind}`)
  return planning.diagnostics.map(({ span, message }) => `${span?.line ?? '-'}: ${message}`)
}
