import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseDockerfile } from '../../../src/parser/dockerfile/parse-dockerfile.ts'
import type { BuildPlanning, BuildPlanRequest } from '../../../src/planner/build/build-request.ts'
import { planBuild } from '../../../src/planner/build/plan-build.ts'
import { deepFreeze } from '../../support/deep-freeze.ts'
import { aRequest, IMAGES } from './plan-dockerfile.ts'

const RUNS = { numRuns: 300 }

const aWord = fc.constantFrom(
  'a',
  '$A',
  '${B:-b}',
  '${A#v}',
  '"$C d"',
  '/x/$A',
  "'$A'",
  '${NO:?x}',
  '..',
  '80',
  '$',
  '{}',
)
const aStageName = fc.constantFrom('one', 'two', 'three', '0', '1', 'plain', 'ctx')

const aLine = fc.oneof(
  aWord.map(word => `ENV A=${word} D=$A`),
  aWord.map(word => `ARG A=${word} B C`),
  aWord.map(word => `RUN echo ${word}`),
  fc.tuple(aStageName, aWord).map(([name, word]) => `COPY --from=${name} ${word} /d/`),
  fc.tuple(aWord, aWord).map(([source, target]) => `COPY ${source} ${target}`),
  fc.tuple(aStageName, aWord).map(([name, word]) => `RUN --mount=from=${name},target=${word} true`),
  fc.tuple(aWord, aWord).map(([id, target]) => `RUN --mount=type=cache,id=${id},target=${target} true`),
  aWord.map(word => `LABEL l=${word}`),
  aWord.map(word => `WORKDIR ${word}`),
  aWord.map(word => `EXPOSE ${word}`),
  aWord.map(word => `VOLUME ${word}`),
  aWord.map(word => `USER ${word}`),
  aWord.map(word => `ONBUILD RUN ${word}`),
  fc.constantFrom(
    'CMD ["a"]',
    'ENTRYPOINT b',
    'HEALTHCHECK NONE',
    'STOPSIGNAL 9',
    'SHELL ["/s"]',
    'ONBUILD COPY --from=one / /',
  ),
)

const aFrom = fc.constantFrom('plain', 'full', 'empty', 'triggers', 'scratch', 'one', 'two', 'ctx', '$BASE')

const aDockerfile = fc
  .array(fc.tuple(aFrom, fc.array(aLine, { maxLength: 6 })), { minLength: 1, maxLength: 4 })
  .map(stages =>
    stages
      .map(([from, lines], index) =>
        [`FROM ${from} AS ${['one', 'two', 'three', 'four'][index]}`, ...lines].join('\n'),
      )
      .join('\n'),
  )

const someArguments = fc.dictionary(
  fc.constantFrom('A', 'B', 'C', 'BASE', 'HTTP_PROXY', 'http_proxy', 'UNUSED'),
  fc.constantFrom('value', '', 'plain'),
)

const aCase = fc
  .record({ text: aDockerfile, args: someArguments, target: fc.option(aStageName, { nil: undefined }) })
  .map(({ text, ...changes }) => ({ text: `ARG BASE=full\n${text}\n`, ...changes }))
  .filter(({ text }) => parseDockerfile(text, { file: 'Dockerfile' }).value !== undefined)

function requestOf({
  text,
  args,
  target,
}: {
  readonly text: string
  readonly args: Record<string, string>
  readonly target: string | undefined
}): BuildPlanRequest {
  const contexts = new Map([
    ['ctx', { kind: 'folder' }],
    ['other', { kind: 'image', reference: 'full' }],
    ['empty:latest', { kind: 'image', reference: 'plain' }],
    ['empty', { kind: 'folder' }],
  ] as const)
  return aRequest(text, { args, target, contexts })
}

/** Plans until nothing more is asked for. Images that are not known are made up. */
function planAll(request: BuildPlanRequest): BuildPlanning {
  const images = new Map<string, { readonly document: object }>()
  for (let round = 0; round < 10; round += 1) {
    const planning = planBuild(
      request,
      deepFreeze(new Map([...images].map(([key, { document }]) => [key, { document: { ...document } }]))),
    )
    if (planning.kind !== 'needs-images') return planning
    for (const { key } of planning.images) images.set(key, IMAGES.get(key) ?? { document: {} })
  }
  throw new Error('It asks for ever')
}

test('planBuild() ends, whatever the Dockerfile, and changes nothing of its input', () => {
  const kinds = new Set<string>()
  fc.assert(
    fc.property(aCase, input => {
      kinds.add(planAll(requestOf(input)).kind)
    }),
    RUNS,
  )
  expect([...kinds].sort()).toEqual(['invalid', 'planned'])
})

test('planBuild() gives the same graph whatever the order of maps in its input', () => {
  fc.assert(
    fc.property(aCase, input => {
      const request = requestOf(input)
      const reversed = {
        ...request,
        args: new Map([...request.args].toReversed()),
        contexts: new Map([...request.contexts].toReversed()),
      }
      expect(JSON.stringify(planAll(reversed))).toBe(JSON.stringify(planAll(request)))
    }),
    RUNS,
  )
})

test('planBuild() lets steps start from earlier ones only, and the history name each layer once', () => {
  fc.assert(
    fc.property(aCase, input => {
      const planning = planAll(requestOf(input))
      if (planning.kind !== 'planned') return
      const { steps, history, result } = planning.graph
      expect(steps.map(({ id }) => id)).toEqual(steps.map((_, index) => index + 1))
      for (const { id, parent, position, count } of steps) {
        if (parent.kind === 'step') expect(parent.id).toBeLessThan(id)
        expect(position).toBeLessThanOrEqual(count)
      }
      const layers = history.flatMap(({ step }) => step ?? [])
      expect(layers).toEqual([...new Set(layers)].toSorted((a, b) => a - b))
      expect(layers.at(-1)).toBe(result.kind === 'step' ? result.id : undefined)
    }),
    RUNS,
  )
})
