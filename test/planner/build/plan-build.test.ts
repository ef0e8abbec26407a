import { expect, test } from 'vitest'
import { parsePlatform } from '../../../src/model/platform.ts'
import type { BuildPlanRequest } from '../../../src/planner/build/build-request.ts'
import { planBuild } from '../../../src/planner/build/plan-build.ts'
import {
  anImage,
  aRequest,
  configOf,
  graphOf,
  historyOf,
  IMAGES,
  mistakesIn,
  PATH,
  planOf,
  type RequestChanges,
} from './plan-dockerfile.ts'

interface ImageCase {
  readonly what: string
  readonly text: string
  readonly changes?: RequestChanges
  readonly config: unknown
  /** `+` is a line that has a layer. */
  readonly history: readonly string[]
}

const PLAIN = { Env: [PATH], Cmd: ['/bin/sh'] }

const images: readonly ImageCase[] = [
  {
    what: 'one that starts from nothing and has a PATH',
    text: 'FROM scratch\nCOPY a /a\n',
    config: { Env: [PATH], WorkingDir: '/' },
    history: ['+ COPY a /a # buildkit'],
  },
  {
    what: 'one of a base without PATH',
    text: 'FROM empty\nENV A=1\n',
    config: { Env: [PATH, 'A=1'] },
    history: ['ENV A=1'],
  },
  {
    what: 'settings of the base, replaced in place and added to',
    text: 'FROM full\nEXPOSE 9090\nVOLUME /more\nLABEL keep=changed new=1\nENV FOO=$FOO-more NEW=1\nRUN id\n',
    config: {
      User: 'app',
      ExposedPorts: { '8080/tcp': {}, '9090/tcp': {} },
      Env: [PATH, 'FOO=base-more', 'KEEP=yes', 'NEW=1'],
      Entrypoint: ['/bin/echo', 'base'],
      Cmd: ['from-base'],
      Volumes: { '/more': {}, '/vol': {} },
      WorkingDir: '/srv/app',
      Labels: { from: 'base', keep: 'changed', new: '1' },
      StopSignal: 'SIGUSR1',
      Healthcheck: { Test: ['CMD', 'true'], Interval: 7e9, Retries: 5 },
      Shell: ['/bin/bash', '-c'],
    },
    history: [
      'EXPOSE [9090/tcp]',
      'VOLUME [/more]',
      'LABEL keep=changed new=1',
      'ENV FOO=base-more NEW=1',
      '+ RUN /bin/bash -c id # buildkit',
    ],
  },
  {
    what: 'an ARG that hides ENV, before an ENV that hides the ARG',
    text: 'FROM plain\nENV A=env B=env\nARG A=arg\nLABEL one=$A\nENV B=$A\nENV A=again\nLABEL two=$A\n',
    config: { ...PLAIN, Env: [PATH, 'A=again', 'B=arg'], Labels: { one: 'arg', two: 'again' } },
    history: ['ENV A=env B=env', 'ARG A', 'LABEL one=arg', 'ENV B=arg', 'ENV A=again', 'LABEL two=again'],
  },
  {
    what: 'an ARG that sees those on its line, and an ENV that does not',
    text: 'FROM plain\nARG a=1 b=${a}2\nENV c=3 d=x$c\nLABEL b=$b d=$d\n',
    config: { ...PLAIN, Env: [PATH, 'c=3', 'd=x'], Labels: { b: '12', d: 'x' } },
    history: ['ARG a b', 'ENV c=3 d=x', 'LABEL b=12 d=x'],
  },
  {
    what: 'values of arguments in the order request, own, global',
    text: 'ARG V=global W=global\nFROM plain\nLABEL 1=$V.$W\nARG V\nARG W=own\nARG X=own Y\nLABEL 2=$V.$W.$X.${Y-unset}\n',
    changes: { args: { X: 'request' } },
    config: { ...PLAIN, Labels: { 1: '.', 2: 'global.own.request.unset' } },
    history: ['LABEL 1=.', 'ARG V', 'ARG W', 'ARG X Y', 'LABEL 2=global.own.request.unset'],
  },
  {
    what: 'a request that wins over what is global, with a default that cannot be expanded',
    text: 'ARG V=${NO:?global}\nFROM plain\nARG V=${NO:?own}\nLABEL v=$V\n',
    changes: { args: { V: '1' } },
    config: { ...PLAIN, Labels: { v: '1' } },
    history: ['ARG V', 'LABEL v=1'],
  },
  {
    what: 'arguments of the stage that it starts from, by name only in the history',
    text: 'FROM plain AS a\nARG A=1 B\nFROM a\nRUN echo $A\nARG A=2 C=3\nRUN ["echo", "$A"]\n',
    config: PLAIN,
    history: [
      'ARG A B',
      '+ RUN |2 A B /bin/sh -c echo $A # buildkit',
      'ARG A C',
      '+ RUN |3 A B C echo $A # buildkit',
    ],
  },
  {
    what: 'arguments of the platform where they are declared',
    text: 'FROM plain\nLABEL 1=$TARGETARCH\nARG TARGETPLATFORM TARGETOS TARGETARCH TARGETVARIANT BUILDPLATFORM TARGETSTAGE\nLABEL 2=$TARGETPLATFORM,$TARGETOS,$TARGETARCH,${TARGETVARIANT-unset},$BUILDPLATFORM,$TARGETSTAGE\n',
    config: { ...PLAIN, Labels: { 1: '', 2: 'linux/amd64,linux,amd64,,linux/amd64,default' } },
    history: [
      'LABEL 1=',
      'ARG TARGETPLATFORM TARGETOS TARGETARCH TARGETVARIANT BUILDPLATFORM TARGETSTAGE',
      'LABEL 2=linux/amd64,linux,amd64,,linux/amd64,default',
    ],
  },
  {
    what: 'nothing of proxies',
    text: 'FROM plain\nRUN true\nLABEL x=[$HTTP_PROXY]\n',
    changes: { args: { HTTP_PROXY: 'http://proxy' } },
    config: { ...PLAIN, Labels: { x: '[]' } },
    history: ['+ RUN /bin/sh -c true # buildkit', 'LABEL x=[]'],
  },
  {
    what: 'no CMD of a stage before ENTRYPOINT',
    text: 'FROM plain AS a\nCMD ["mine"]\nFROM a\nENTRYPOINT ["/bin/sh"]\n',
    config: { Env: [PATH], Entrypoint: ['/bin/sh'] },
    history: ['CMD ["mine"]', 'ENTRYPOINT ["/bin/sh"]'],
  },
  {
    what: 'a CMD of the stage, before ENTRYPOINT or behind it',
    text: 'FROM full\nSHELL ["/bin/ash", "-ec"]\nCMD one two\nENTRYPOINT run "$X"\n',
    config: {
      ...asRecord(configOf('FROM full\n')),
      Entrypoint: ['/bin/ash', '-ec', 'run "$X"'],
      Cmd: ['/bin/ash', '-ec', 'one two'],
      Shell: ['/bin/ash', '-ec'],
    },
    history: [
      'SHELL [/bin/ash -ec]',
      'CMD ["/bin/ash" "-ec" "one two"]',
      'ENTRYPOINT ["/bin/ash" "-ec" "run \\"$X\\""]',
    ],
  },
  {
    what: 'a health check of which nothing earlier is left',
    text: 'FROM full\nHEALTHCHECK --timeout=90s --start-interval=500ms CMD ["a", "b"]\n',
    config: {
      ...asRecord(configOf('FROM full\n')),
      Healthcheck: { Test: ['CMD', 'a', 'b'], Timeout: 90e9, StartInterval: 500e6 },
    },
    history: [
      'HEALTHCHECK {Test:[CMD a b] Interval:0s Timeout:1m30s StartPeriod:0s StartInterval:500ms Retries:0}',
    ],
  },
  {
    what: 'a health check that is none',
    text: 'FROM plain\nHEALTHCHECK --retries=3 CMD test $X\nHEALTHCHECK NONE\n',
    config: { ...PLAIN, Healthcheck: { Test: ['NONE'] } },
    history: [
      'HEALTHCHECK {Test:[CMD-SHELL test $X] Interval:0s Timeout:0s StartPeriod:0s StartInterval:0s Retries:3}',
      'HEALTHCHECK {Test:[NONE] Interval:0s Timeout:0s StartPeriod:0s StartInterval:0s Retries:0}',
    ],
  },
  {
    what: 'working folders, of which all but the root have a layer',
    text: 'FROM plain\nWORKDIR a\nWORKDIR ../b/./c\nWORKDIR $NO\nWORKDIR /\n',
    config: { ...PLAIN, WorkingDir: '/' },
    history: ['+ WORKDIR /a', '+ WORKDIR /b/c', '+ WORKDIR /b/c', 'WORKDIR /'],
  },
  {
    what: 'all that takes variables',
    text: 'FROM plain\nARG U=app P=81 D=dir S=15 M=600\nWORKDIR /${D}/$D\nCOPY --chown=$U --chmod=$M $D/a.txt ${D}2/\nADD ${D}/a.txt ./\nEXPOSE $P ${P}0/udp\nLABEL k.$U=v "q $D"=w\nVOLUME /v$P $D\nSTOPSIGNAL $S\nUSER $U\n',
    config: {
      User: 'app',
      ExposedPorts: { '81/tcp': {}, '810/udp': {} },
      ...PLAIN,
      Volumes: { '/v81': {}, dir: {} },
      WorkingDir: '/dir/dir',
      Labels: { 'k.app': 'v', 'q dir': 'w' },
      StopSignal: '15',
    },
    history: [
      'ARG U P D S M',
      '+ WORKDIR /dir/dir',
      '+ COPY --chown=app --chmod=600 dir/a.txt dir2/ # buildkit',
      '+ ADD dir/a.txt ./ # buildkit',
      'EXPOSE [81/tcp 810/udp]',
      'LABEL k.app=v q dir=w',
      'VOLUME [/v81 dir]',
      'STOPSIGNAL 15',
      'USER app',
    ],
  },
  {
    what: 'words that are left to the shell, and triggers as they are written',
    text: 'FROM plain\nENV X=now\nRUN echo "$X" ${X#l}\nCMD ["echo", "$X"]\nENTRYPOINT echo ${X:-y}\nONBUILD LABEL l=$X\n',
    config: {
      Env: [PATH, 'X=now'],
      Entrypoint: ['/bin/sh', '-c', 'echo ${X:-y}'],
      Cmd: ['echo', '$X'],
      OnBuild: ['LABEL l=$X'],
    },
    history: [
      'ENV X=now',
      '+ RUN /bin/sh -c echo "$X" ${X#l} # buildkit',
      'CMD ["echo" "$X"]',
      'ENTRYPOINT ["/bin/sh" "-c" "echo ${X:-y}"]',
    ],
  },
  {
    what: 'triggers of the base before its own instructions',
    text: 'FROM triggers\nRUN true\n',
    changes: { args: { WHO: 'me' } },
    config: { Env: [PATH, 'OB='] },
    history: [
      '+ COPY marker /m/ # buildkit',
      'ENV OB=',
      '+ RUN /bin/sh -c echo $OB > /m/built # buildkit',
      '+ RUN /bin/sh -c true # buildkit',
    ],
  },
  {
    what: 'triggers of the stage before, and none of the stage before that',
    text: 'FROM plain AS a\nONBUILD ENV ON=$HOME\nFROM a AS b\nRUN second\nONBUILD RUN never\nFROM b AS c\n',
    changes: { target: 'b' },
    config: { ...PLAIN, Env: [PATH, 'ON='], OnBuild: ['RUN never'] },
    history: ['ENV ON=', '+ RUN /bin/sh -c second # buildkit'],
  },
  {
    what: 'labels of the request on top',
    text: 'FROM plain\nLABEL a=1 b=1\n',
    changes: { labels: { b: '2', c: '2' } },
    config: { ...PLAIN, Labels: { a: '1', b: '2', c: '2' } },
    history: ['LABEL a=1 b=1'],
  },
  {
    what: 'volumes of an array that is no JSON',
    text: 'FROM plain\nVOLUME ["/v",]\n',
    config: { ...PLAIN, Volumes: { '[/v,]': {} } },
    history: ['VOLUME [[/v,]]'],
  },
]
for (const { what, text, changes, config, history } of images) {
  test(`planBuild() makes an image with ${what}`, () => {
    expect(configOf(text, changes)).toEqual(config)
    expect(historyOf(text, changes)).toEqual(history)
  })
}

function asRecord(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {}
}

test('planBuild() keeps the author, the platform and fields that it does not know', () => {
  const document = {
    ...anImage({
      Env: [PATH],
      StopTimeout: 5,
      Hostname: 'left',
      Image: 'sha256:1',
      ArgsEscaped: true,
      Cmd: null,
    }).document,
    author: 'base',
    architecture: 'arm64',
    variant: 'v8',
    'os.features': ['x'],
    container: 'left',
    container_config: {},
    docker_version: '17',
    id: 'left',
  }
  const planning = planBuild(
    aRequest('FROM old\n'),
    new Map([['docker.io/library/old:latest', { document }]]),
  )
  expect(planning.kind === 'planned' && planning.graph.document).toEqual({
    architecture: 'arm64',
    os: 'linux',
    variant: 'v8',
    'os.features': ['x'],
    author: 'base',
    config: { Env: [PATH], StopTimeout: 5, ArgsEscaped: true },
  })
})

test('planBuild() takes the author from MAINTAINER as it is written', () => {
  const { document } = graphOf('FROM plain\nMAINTAINER "Some One" <x@y>\n')
  expect(document['author']).toBe('"Some One" <x@y>')
})

test('planBuild() gives an image from nothing the platform of the build', () => {
  const { document } = graphOf('FROM scratch\n', { platform: parsePlatform('linux/arm/v7') })
  expect(document).toMatchObject({ os: 'linux', architecture: 'arm', variant: 'v7' })
})

interface Mistake {
  readonly text: string
  readonly changes?: RequestChanges
  readonly found: readonly string[]
}

const mistakes: readonly Mistake[] = [
  {
    text: 'FROM plain\nENV A=${NO:?unset}\nEXPOSE 80 70000\nSTOPSIGNAL SIG${NO}NOPE\nVOLUME a $NO\n',
    found: [
      '2: Cannot expand "${NO:?unset}": NO: unset',
      '3: Cannot expose port "70000": it is no port, expected 0 to 65535 or a range such as 80-82',
      '4: Cannot use stop signal "SIGNOPE": there is no such signal',
      '5: Cannot make volume "$NO": its path is empty',
    ],
  },
  {
    text: 'FROM plain\nENV \\\n BAD="${NOPE:?please}"\n',
    found: ['2: Cannot expand ""${NOPE:?please}"": NOPE: please'],
  },
  {
    text: 'ARG A=${B:?none}\nFROM $A\n',
    found: ['1: Cannot expand "${B:?none}": B: none', '2: Cannot start from "$A": it is empty'],
  },
  {
    text: 'FROM plain AS Base\nFROM Base\n',
    found: ['2: Cannot use "Base": it is neither a stage before this line nor a reference of an image'],
  },
  {
    text: 'FROM --platform=what/is/this/now plain\n',
    found: ['1: Cannot parse platform "what/is/this/now": expected os[/architecture[/variant]]'],
  },
  {
    text: 'FROM plain AS one\n',
    changes: { target: 'oen' },
    found: ['-: Cannot build target "oen": the Dockerfile has no stage of that name'],
  },
  {
    text: 'FROM plain\nCOPY --from=3 a b\n',
    found: ['2: Cannot copy from stage 3: there is no such stage'],
  },
  {
    text: 'FROM plain\nRUN --mount=type=tmpfs,from=7,target=/x true\n',
    found: ['2: Cannot copy from stage 7: there is no such stage'],
  },
  {
    text: 'FROM plain AS a\nCOPY --from=b x y\nFROM plain AS b\nRUN --mount=from=b,target=/x true\nFROM a\nCOPY --from=b x y\n',
    found: [
      '2: Cannot copy from stage "b": it needs to be defined before the stage that uses it',
      '4: Cannot copy from stage "b": it needs to be defined before the stage that uses it',
    ],
  },
  {
    text: 'FROM plain AS a\nCOPY --from=a x y\nFROM plain AS b\nCOPY --from=7 x y\nFROM plain\n',
    found: [
      '2: Cannot order stage "a": it needs itself',
      '4: Cannot copy from stage 7: there is no such stage',
    ],
  },
  {
    text: 'FROM plain AS a\nCOPY --from=b x y\nFROM a AS b\nFROM plain\n',
    found: ['2: Cannot order stage "a": it needs itself'],
  },
]
for (const { text, changes, found } of mistakes) {
  test(`planBuild() finds ${found.length} in ${JSON.stringify(text.slice(0, 60))}`, () => {
    expect(mistakesIn(text, changes)).toEqual(found)
  })
}

test('planBuild() suggests the name of a stage, and tells what ARG would help', () => {
  const hints = (text: string, changes?: RequestChanges): readonly (string | undefined)[] => {
    const planning = planOf(text, changes)
    return planning.kind === 'invalid' ? planning.diagnostics.map(({ hint }) => hint) : []
  }
  expect(hints('FROM plain AS build\n', { target: 'biuld' })).toEqual(['did you mean "build"?'])
  expect(hints('FROM plain AS build\nFROM Build\n')).toEqual(['did you mean "build"?'])
  expect(hints('FROM plain\nARG V=1\nFROM $V\n')[0]).toContain('declare ARG V before the first FROM')
  expect(hints('ARG VERSION=1\nFROM $VERSON\n')).toEqual(['did you mean "VERSION"?'])
})

test('planBuild() asks for all images that a target takes, each once', () => {
  const text =
    'ARG TAG=2\nFROM --platform=linux/arm64 a AS x\nFROM b:$TAG AS unneeded\nFROM --platform=$BUILDPLATFORM c\nCOPY --from=x / /\nCOPY --from=d:$TAG / /\nRUN --mount=from=c,target=/c --mount=type=cache,target=/k true\n'
  const planning = planBuild(aRequest(text.replace('d:$TAG', 'd:1')), new Map())
  const asked = planning.kind === 'needs-images' ? planning.images : []
  expect(asked.map(({ key, reference, platform, span }) => [key, reference, platform, span.line])).toEqual([
    ['docker.io/library/c:latest', 'c', undefined, 4],
    ['docker.io/library/a:latest linux/arm64', 'a', 'linux/arm64', 2],
    ['docker.io/library/d:1', 'd:1', undefined, 6],
  ])
})

for (const platform of ['linux', 'linux/amd64', 'x86_64', '$TARGETPLATFORM', 'linux/$BUILDARCH']) {
  test(`planBuild() takes --platform=${platform} for that of the build`, () => {
    expect(planBuild(aRequest(`FROM --platform=${platform} a\n`), new Map())).toMatchObject({
      images: [{ key: 'docker.io/library/a:latest', platform: undefined }],
    })
  })
}

test('planBuild() asks for what a trigger of an image copies from', () => {
  const key = 'docker.io/library/triggering:latest'
  const known = new Map([[key, anImage({ OnBuild: ['COPY --from=other /a /b', 'COPY --from=stage /c /d'] })]])
  const request = aRequest('FROM plain AS stage\nFROM triggering\n')
  expect(planBuild(request, new Map())).toMatchObject({ kind: 'needs-images', images: [{ key }] })
  const next = planBuild(request, known)
  expect(next.kind === 'needs-images' && next.images.map(image => image.key)).toEqual([
    'docker.io/library/other:latest',
    'docker.io/library/plain:latest',
  ])
})

test('planBuild() tells of a slip with the image that it takes for one', () => {
  const planning = planBuild(
    aRequest('FROM scratch AS builder\nFROM scratch\nCOPY --from=biulder / /\n'),
    new Map(),
  )
  expect(planning).toMatchObject({ images: [{ reference: 'biulder', hint: 'did you mean "builder"?' }] })
})

test('planBuild() names the stages to who copies from a word that is none', () => {
  const hintOf = (from: string) => {
    const planning = planBuild(
      aRequest(`FROM scratch AS deps\nFROM scratch AS Build\nFROM scratch\nCOPY --from=${from} / /\n`),
      new Map(),
    )
    return planning.kind === 'needs-images' ? planning.images[0]?.hint : planning.kind
  }
  expect(hintOf('other')).toBe('No stage before this line is named "other"; named are "deps", "build"')
  expect(hintOf('redis:7')).toBeUndefined()
})

test('planBuild() reports triggers and images that cannot be read at FROM', () => {
  const bad = new Map([
    ['docker.io/library/a:latest', anImage({ OnBuild: ['NOPE x'] })],
    ['docker.io/library/b:latest', anImage({ OnBuild: 'RUN x' })],
    ['docker.io/library/c:latest', anImage({ Env: [1] })],
  ])
  for (const [name, message] of [
    ['a', /NOPE/],
    ['b', /^Cannot start from "b": its OnBuild is string, expected a list$/],
    ['c', /^Cannot start from "c": its Env has an item that is not text$/],
  ] as const) {
    const planning = planBuild(aRequest(`# one\nFROM ${name}\n`), bad)
    expect(planning).toMatchObject({ kind: 'invalid', diagnostics: [{ span: { line: 2 } }] })
    expect(planning.kind === 'invalid' && planning.diagnostics[0]?.message).toMatch(message)
  }
})

test('planBuild() goes through the stages that the target needs, in order', () => {
  const text =
    'FROM plain AS one\nRUN 1\nFROM plain AS unneeded\nRUN no\nFROM one AS two\nRUN 2\nFROM scratch\nCOPY --from=two /a /a\nCOPY --from=0 /b /b\nWORKDIR /\n'
  const { steps, result, baseImage } = graphOf(text)
  expect(
    steps.map(({ id, stage, position, count, text: line }) => [id, stage, `${position}/${count}`, line]),
  ).toEqual([
    [1, 'one', '2/2', 'RUN 1'],
    [2, 'two', '1/1', 'RUN 2'],
    [3, 'stage-3', '1/2', 'COPY --from=two /a /a'],
    [4, 'stage-3', '2/2', 'COPY --from=0 /b /b'],
  ])
  expect(steps.map(({ parent }) => parent)).toEqual([
    { kind: 'image', image: 'docker.io/library/plain:latest' },
    { kind: 'step', id: 1 },
    { kind: 'scratch' },
    { kind: 'step', id: 3 },
  ])
  expect(steps.slice(2).map(({ operation }) => operation.kind === 'copy' && operation.sources)).toMatchObject(
    [[{ from: { kind: 'step', id: 2 } }], [{ from: { kind: 'step', id: 1 } }]],
  )
  expect([result, baseImage]).toEqual([{ kind: 'step', id: 4 }, undefined])
})

test('planBuild() finds a target in any case, and starts nothing for it alone', () => {
  const text = 'FROM plain AS bad\nRUN 1\nFROM full AS Good\nFROM plain\nRUN 2\n'
  const graph = graphOf(text, { target: 'GOOD' })
  expect(graph.steps).toEqual([])
  expect(graph.history).toEqual([])
  expect(graph.baseImage).toBe('docker.io/library/full:latest')
  expect(graph.result).toEqual({ kind: 'image', image: 'docker.io/library/full:latest' })
})

test('planBuild() takes the last stage of a name for --from, and the one before for FROM', () => {
  const renamed = (text: string): BuildPlanRequest => {
    const request = aRequest(text)
    const stages = request.dockerfile.stages.map(stage => {
      const { name } = stage.from
      return name?.text === 'again'
        ? { ...stage, from: { ...stage.from, name: { ...name, text: 'a' } } }
        : stage
    })
    return { ...request, dockerfile: { ...request.dockerfile, stages } }
  }
  const text = 'FROM plain AS a\nRUN 1\nFROM a\nRUN 2\nFROM full AS again\nRUN 3\n'
  const good = planBuild(renamed(`${text}FROM scratch\nCOPY --from=a x y\n`), IMAGES)
  expect(good.kind === 'planned' && good.graph.steps.map(step => step.text)).toEqual([
    'RUN 3',
    'COPY --from=a x y',
  ])
  const derived = planBuild(
    renamed('FROM plain AS a\nRUN 1\nFROM a AS b\nFROM full AS again\nFROM b\n'),
    IMAGES,
  )
  expect(derived.kind === 'planned' && derived.graph.steps.map(step => step.text)).toEqual(['RUN 1'])
  const between = {
    ...renamed('FROM plain AS a\nFROM scratch AS b\nCOPY --from=a x y\nFROM plain AS again\n'),
    target: 'b',
  }
  expect(planBuild(between, IMAGES)).toMatchObject({
    kind: 'invalid',
    diagnostics: [{ span: { line: 3 }, hint: 'two stages are named "a", and the last of them counts' }],
  })
})

test('planBuild() puts named contexts in the place of images, of --from and of whole stages', () => {
  const contexts = new Map([
    ['extra', { kind: 'folder' }],
    ['docker.io/library/alias:latest', { kind: 'image', reference: 'full' }],
    ['stage', { kind: 'folder' }],
    ['nothing', { kind: 'image', reference: 'scratch' }],
    ['scratch', { kind: 'folder' }],
  ] as const)
  const text =
    'FROM plain AS stage\nRUN never\nFROM alias AS a\nCOPY --from=extra f /f\nCOPY --from=stage g /g\nCOPY --from=nothing h /h\nCOPY --from=scratch i /i\nRUN --mount=from=extra,target=/x true\n'
  const { steps, baseImage } = graphOf(text, { contexts })
  expect(baseImage).toBe('docker.io/library/full:latest')
  const sources = steps.flatMap(({ operation }) => {
    if (operation.kind === 'copy')
      return operation.sources.map(source => source.kind === 'tree' && source.from)
    return operation.kind === 'run' ? operation.mounts.map(mount => mount.kind === 'bind' && mount.from) : []
  })
  expect(sources).toEqual([
    { kind: 'context', name: 'extra' },
    { kind: 'context', name: 'stage' },
    { kind: 'scratch' },
    { kind: 'scratch' },
    { kind: 'context', name: 'extra' },
  ])
})

test('planBuild() starts a stage from a folder as from nothing, but for its files', () => {
  const contexts = new Map([['files', { kind: 'folder' }]] as const)
  const graph = graphOf('FROM files\nRUN true\n', { contexts })
  expect(graph.document['config']).toEqual({ Env: [PATH], WorkingDir: '/' })
  expect(graph.steps[0]).toMatchObject({ parent: { kind: 'context', name: 'files' }, position: 2, count: 2 })
  expect(graph.baseImage).toBeUndefined()
})

test('planBuild() runs steps again of a build without cache, and of the stages that the filter names', () => {
  const text = 'FROM plain AS One\nRUN 1\nFROM one AS two\nRUN 2\n'
  const ignored = (changes: RequestChanges): readonly boolean[] =>
    graphOf(text, changes).steps.map(({ ignoresCache }) => ignoresCache)
  expect(ignored({})).toEqual([false, false])
  expect(ignored({ noCache: true })).toEqual([true, true])
  expect(ignored({ noCacheFilter: ['ONE'] })).toEqual([true, false])
})

test('planBuild() warns of arguments that no ARG declares', () => {
  const args = {
    NOBODY: '1',
    VERSON: '2',
    VERSION: '3',
    http_proxy: 'p',
    BUILDKIT_INLINE_CACHE: '1',
    TARGETARCH: 'x',
    SOURCE_DATE_EPOCH: '1',
  }
  const planning = planOf('FROM plain AS a\nFROM plain\nFROM plain AS b\nARG VERSION\n', {
    args,
    target: 'a',
  })
  expect(planning.kind === 'planned' && planning.warnings).toEqual([
    {
      severity: 'warning',
      code: 'no-effect-key',
      message: 'Build argument "NOBODY" has no effect: no ARG of the Dockerfile declares it',
    },
    {
      severity: 'warning',
      code: 'no-effect-key',
      message: 'Build argument "VERSON" has no effect: no ARG of the Dockerfile declares it',
      hint: 'did you mean "VERSION"?',
    },
  ])
})

test('planBuild() names the target in TARGETSTAGE', () => {
  const text = 'FROM plain AS Final\nARG TARGETSTAGE\nLABEL x=$TARGETSTAGE\n'
  expect(configOf(text)).toMatchObject({ Labels: { x: 'final' } })
  expect(configOf(text, { target: 'FINAL' })).toMatchObject({ Labels: { x: 'FINAL' } })
})

test('planBuild() reports what is wrong with a stage only if it is needed', () => {
  const text =
    'FROM plain AS bad\nRUN --mount=type=cache,sharing=perhaps,target=/x true\nFROM plain AS good\n'
  expect(planOf(text).kind).toBe('planned')
  expect(mistakesIn(text, { target: 'bad' })).toHaveLength(1)
})

test('planBuild() reports problems of stages and mistakes of planning together, each once', () => {
  const text =
    'FROM plain AS a\nEXPOSE abc\nSTOPSIGNAL SIGNONE\nFROM plain\nCOPY --from=a --chmod=9 x y\nRUN --mount=type=cache,sharing=perhaps,target=/x \\\n  true\nCOPY --from=9 x y\nEXPOSE def\n'
  expect(mistakesIn(text).map(mistake => mistake.split(':')[0])).toEqual(['2', '3', '5', '6', '8', '9'])
})

test('planBuild() reports only what is sure while images are not known, or FROM is wrong', () => {
  const text = 'FROM full\nSTOPSIGNAL SIGNONE\nEXPOSE $PORT/x\n'
  const lines = (planning: ReturnType<typeof planBuild>) =>
    planning.kind === 'invalid' && planning.diagnostics.map(({ span }) => span?.line)
  expect(lines(planBuild(aRequest(text), new Map()))).toEqual([2])
  expect(lines(planOf(text))).toEqual([2, 3])
  expect(lines(planOf(`${text}FROM $NONE\nSTOPSIGNAL $SIGNAL\n`))).toEqual([4])
})

test('planBuild() says once that an image is damaged', () => {
  const images = new Map([['docker.io/library/bad:latest', anImage({ OnBuild: 5, Env: 5 })]])
  const planning = planBuild(aRequest('FROM bad\nEXPOSE abc\n'), images)
  expect(planning.kind === 'invalid' && planning.diagnostics.map(({ code }) => code)).toEqual([
    'image-invalid',
  ])
})

test('planBuild() reports mistakes in the order of the file', () => {
  const text =
    'FROM plain AS a\nRUN --mount=type=cache,size=1,target=/x true\nFROM plain\nRUN --mount=type=what true\nCOPY --from=a x y\n'
  expect(mistakesIn(text).map(mistake => mistake.split(':')[0])).toEqual(['2', '4'])
})
