import { expect, test } from 'vitest'
import { parseChallenge } from '../../src/registry/challenge.ts'

const bearer = { kind: 'bearer', realm: 'https://a/t', service: undefined, scope: undefined }

const cases: ReadonlyArray<{ readonly headers: readonly string[]; readonly challenge: object | undefined }> =
  [
    { headers: [], challenge: undefined },
    { headers: ['Negotiate'], challenge: undefined },
    { headers: ['Basic realm="a, b"'], challenge: { kind: 'basic' } },
    { headers: ['bearer REALM="https://a/t"'], challenge: bearer },
    { headers: ['Bearer realm=https://a/t'], challenge: bearer },
    { headers: ['Basic realm="x", Bearer realm="https://a/t"'], challenge: bearer },
    { headers: ['Basic realm="x"', 'Bearer realm="https://a/t"'], challenge: bearer },
    { headers: ['Bearer error="invalid_token"'], challenge: undefined },
    {
      headers: ['Bearer realm="https://a/t?x=1,2",service="s \\"q\\"",scope="repository:a/b:pull,push"'],
      challenge: {
        kind: 'bearer',
        realm: 'https://a/t?x=1,2',
        service: 's "q"',
        scope: 'repository:a/b:pull,push',
      },
    },
  ]
for (const { headers, challenge } of cases) {
  test(`parseChallenge() reads ${JSON.stringify(headers)}`, () => {
    expect(parseChallenge(headers)).toEqual(challenge)
  })
}
