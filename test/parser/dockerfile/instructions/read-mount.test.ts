import { describe, expect, test } from 'vitest'
import { readMount } from '../../../../src/parser/dockerfile/instructions/read-mount.ts'
import { parseDockerfile } from '../../../../src/parser/dockerfile/parse-dockerfile.ts'
import { instructionOf, problemsOf } from '../../../support/dockerfile-text.ts'

function mountsOf(flags: string) {
  const instruction = instructionOf(`RUN ${flags} x`)
  const mounts = instruction.kind === 'run' ? instruction.mounts : []
  return mounts.map(({ type, options }) => [
    type,
    Object.fromEntries([...options].map(([key, { text }]) => [key, text])),
  ])
}

describe(`${readMount.name}()`, () => {
  for (const { flags, mounts } of [
    { flags: '--mount=target=$T,source=${S}', mounts: [['bind', { target: '$T', source: '${S}' }]] },
    {
      flags: '--mount=TYPE=Cache,DST=/x,Sharing=Locked,mode=0755',
      mounts: [['cache', { target: '/x', sharing: 'Locked', mode: '0755' }]],
    },
    {
      flags: '--mount=type=bind,src=a,destination=/b,ro',
      mounts: [['bind', { source: 'a', target: '/b', readonly: 'true' }]],
    },
    {
      flags: '--mount=type=bind,target=/b,readonly,rw=true',
      mounts: [['bind', { target: '/b', readwrite: 'true' }]],
    },
    { flags: '--mount=type=tmpfs,target=/b,size=64m', mounts: [['tmpfs', { target: '/b', size: '64m' }]] },
    {
      flags: '--mount=type=secret,id=a,env=A,required --mount=type=ssh',
      mounts: [
        ['secret', { id: 'a', env: 'A', required: 'true' }],
        ['ssh', {}],
      ],
    },
    { flags: '--mount="type=bind,target=/a b"', mounts: [['bind', { target: '/a b' }]] },
    { flags: '--mount=\'type=bind,"target=/a,""b"\'', mounts: [['bind', { target: '/a,"b' }]] },
    {
      flags: '--mount=type=cache,target=/x,uid=$U,sharing=$S,ro=$R',
      mounts: [['cache', { target: '/x', uid: '$U', sharing: '$S', readonly: '$R' }]],
    },
    { flags: '--mount=target=/x,from=a$', mounts: [['bind', { target: '/x', from: 'a$' }]] },
  ]) {
    test(`reads ${flags}`, () => {
      expect(mountsOf(flags)).toEqual(mounts)
    })
  }

  for (const { flags, problems } of [
    {
      flags: '--mount=',
      problems: [
        '2:13-13 [] error: Cannot read flag "--mount" of RUN: it is empty (write --mount=type=TYPE,target=PATH)',
      ],
    },
    {
      flags: '--mount type=bind',
      problems: ['2:5-12 [--mount] error: Cannot use flag "--mount" of RUN: expected --mount=VALUE'],
    },
    {
      flags: `--mount='a"b'`,
      problems: [
        `2:14-18 [a"b'] error: Cannot read flag "--mount" of RUN: its quotes are not those of CSV (write --mount=type=TYPE,target=PATH)`,
      ],
    },
    {
      flags: '--mount=type=cahce,target=/x',
      problems: [
        '2:18-23 [cahce] error: Cannot read flag "--mount" of RUN: "cahce" is no type of mount (did you mean "cache"?)',
      ],
    },
    {
      flags: '--mount=tagret=/x',
      problems: [
        '2:13-19 [tagret] error: Cannot read flag "--mount" of RUN: "tagret" is no key of it (did you mean "target"?)',
      ],
    },
    {
      flags: '--mount=target=/x,,ro',
      problems: ['2:23-24 [,] error: Cannot read flag "--mount" of RUN: a key is missing'],
    },
    {
      flags: '--mount=target',
      problems: [
        '2:13-19 [target] error: Cannot read flag "--mount" of RUN: "target" has no value, expected target=VALUE',
      ],
    },
    {
      flags: '--mount=from=$A,target=/x',
      problems: [
        '2:18-20 [$A] error: Cannot read flag "--mount" of RUN: "from" has a variable, and it takes none (name a stage with FROM and use that name)',
      ],
    },
    {
      flags: '--mount=target=/x,ro=yes',
      problems: [
        '2:26-29 [yes] error: Cannot read flag "--mount" of RUN: "ro" is "yes", expected "true" or "false"',
      ],
    },
    {
      flags: '--mount=type=cache,target=/x,mode=9,uid=-1,gid=a,sharing=all',
      problems: [
        '2:39-40 [9] error: Cannot read flag "--mount" of RUN: "mode" is "9", expected an octal number such as "0755"',
        '2:45-47 [-1] error: Cannot read flag "--mount" of RUN: "uid" is "-1", expected a number',
        '2:52-53 [a] error: Cannot read flag "--mount" of RUN: "gid" is "a", expected a number',
        '2:62-65 [all] error: Cannot read flag "--mount" of RUN: "sharing" is "all", expected "shared", "private" or "locked"',
      ],
    },
    {
      flags: '--mount=type=tmpfs,size=big',
      problems: [
        '2:29-32 [big] error: Cannot read flag "--mount" of RUN: "size" is "big", expected a size such as "64m"',
      ],
    },
    {
      flags: '--mount=required,type=secret,id=a',
      problems: [
        '2:13-21 [required] error: Cannot read flag "--mount" of RUN: "required" needs type=secret or type=ssh before it',
      ],
    },
    {
      flags: '--mount=target=/x,mode=1',
      problems: ['2:28-29 [1] error: Cannot read flag "--mount" of RUN: type=bind has no "mode"'],
    },
    {
      flags: '--mount=type=secret,from=a,sharing=shared,source=b,id=c',
      problems: [
        '2:40-46 [shared] error: Cannot read flag "--mount" of RUN: type=secret has no "sharing"',
        '2:30-31 [a] error: Cannot read flag "--mount" of RUN: type=secret has no "from"',
        '2:59-60 [c] error: Cannot read flag "--mount" of RUN: "id" and "source" are the same, expected one of them',
      ],
    },
    {
      flags: '--mount=type=secret',
      problems: [
        '2:13-24 [type=secret] error: Cannot read flag "--mount" of RUN: type=secret needs "id", "source" or "target"',
      ],
    },
  ]) {
    test(`refuses ${flags}`, () => {
      expect(problemsOf(`FROM base\nRUN ${flags} x`)).toEqual(problems)
    })
  }

  test('leaves what is wrong with keys to whoever builds the stage', () => {
    const { value, diagnostics } = parseDockerfile('FROM a AS x\nRUN --mount=type=x y\nFROM a', {
      file: 'Dockerfile',
    })
    expect(diagnostics).toEqual([])
    expect(value?.stages.map(({ problems }) => problems.length)).toEqual([1, 0])
  })
})
