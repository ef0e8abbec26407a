import { expect, test } from 'vitest'
import { runEnvironment } from '../../../../../src/engine/local/build/run/run-environment.ts'

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

const cases: ReadonlyArray<{
  name: string
  environment?: readonly string[]
  uncached?: readonly string[]
  secrets?: readonly string[]
  lines: readonly string[]
}> = [
  { name: 'adds PATH and HOME', lines: [PATH, 'HOME=/home/me'] },
  { name: 'keeps both of the image', environment: ['HOME=/h', 'PATH='], lines: ['HOME=/h', 'PATH='] },
  { name: 'sets HOME that is empty', environment: ['HOME=', 'PATH=/b'], lines: ['PATH=/b', 'HOME=/home/me'] },
  {
    name: 'lets later ones win',
    environment: ['PATH=/b', 'HOME=/h', 'A=1', 'B=1', 'C=1'],
    uncached: ['A=2', 'B=2'],
    secrets: ['B=3', 'D='],
    lines: ['PATH=/b', 'HOME=/h', 'A=2', 'B=3', 'C=1', 'D='],
  },
]

for (const { name, environment = [], uncached = [], secrets = [], lines } of cases) {
  test(`runEnvironment() ${name}`, () => {
    const input = { environment, uncachedEnvironment: uncached, secrets, home: '/home/me' }
    expect(runEnvironment(input)).toEqual(lines)
  })
}
