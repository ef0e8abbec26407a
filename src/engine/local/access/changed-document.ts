import { hasErrors } from '../../../base/diagnostic.ts'
import { type JsonObject, objectAt, textsAt } from '../../../base/json-reader.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { Dockerfile } from '../../../model/dockerfile.ts'
import { machinePlatform } from '../../../oci/platform.ts'
import type { BuildPlanRequest } from '../../../planner/build/build-request.ts'
import { planBuild } from '../../../planner/build/plan-build.ts'
import { platformIn } from '../../../store/layers/unpack-image.ts'
import type { LoadedDockerfileReader } from '../build/dockerfile-reader.ts'
import { dockerfileError } from '../build/plan-loaded.ts'
import { withoutTriggers } from './container-document.ts'

/** What docker commit can change. */
const CHANGES = ['CMD', 'ENTRYPOINT', 'ENV', 'EXPOSE', 'LABEL', 'ONBUILD', 'USER', 'VOLUME', 'WORKDIR']

/**
 * Returns the configuration `image`, without its history and its layers, as the instructions `changes` of a Dockerfile make it.
 *
 * @throws {TcomposeError} `bad-value` for another instruction, `dockerfile` for one that cannot be read.
 */
export function changedDocument(
  image: JsonObject,
  changes: readonly string[],
  reader: LoadedDockerfileReader,
): JsonObject {
  for (const change of changes) requireChange(change)
  const { document, triggers } = withoutTriggers(image)
  const text = ['FROM container', ...changes.map(change => change.trim())].join('\n')
  const parsed = reader.parse({ text, file: '--change', path: undefined, inline: undefined })
  if (parsed.value === undefined || hasErrors(parsed.diagnostics)) throw dockerfileError(parsed.diagnostics)
  const planned = planChanges(document, parsed.value, reader)
  const config = objectAt(planned, 'config')
  const onBuild = [...triggers, ...textsAt(config, 'OnBuild')]
  return { ...planned, config: { ...config, ...(onBuild.length > 0 && { OnBuild: onBuild }) } }
}

function requireChange(change: string): void {
  const keyword = /^\s*(\S+)/.exec(change)?.[1]?.toUpperCase() ?? ''
  if (CHANGES.includes(keyword) && !/[\r\n]/.test(change.trim())) return
  throw new TcomposeError(
    'bad-value',
    `Cannot change the image by "${change}": expected one line with an instruction`,
    {
      hint: `Instructions are ${CHANGES.join(', ')}`,
    },
  )
}

function planChanges(
  document: JsonObject,
  dockerfile: Dockerfile,
  reader: LoadedDockerfileReader,
): JsonObject {
  const request: BuildPlanRequest = {
    dockerfile,
    target: undefined,
    args: new Map(),
    labels: new Map(),
    contexts: new Map([['container', { kind: 'image', reference: 'container' }]]),
    platform: platformIn(document) ?? machinePlatform(),
    noCache: false,
    noCacheFilter: [],
    network: 'none',
    entitlements: new Set(),
    parseTrigger: (trigger, span) => reader.parseTrigger(trigger, span),
  }
  const asked = planBuild(request, new Map())
  const images =
    asked.kind === 'needs-images' ? asked.images.map(({ key }) => [key, { document }] as const) : []
  const planning = planBuild(request, new Map(images))
  if (planning.kind === 'invalid') throw dockerfileError(planning.diagnostics)
  if (planning.kind !== 'planned') throw new Error('A change of an image needs no image')
  return planning.graph.document
}
