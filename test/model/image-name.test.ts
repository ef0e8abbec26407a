import { expect, test } from 'vitest'
import { wholeImageName } from '../../src/model/image-name.ts'

const DIGEST = `sha256:${'a'.repeat(64)}`

const names: ReadonlyArray<readonly [text: string, whole: string | undefined]> = [
  ['redis', 'docker.io/library/redis:latest'],
  ['redis:7', 'docker.io/library/redis:7'],
  ['docker.io/redis', 'docker.io/library/redis:latest'],
  ['index.docker.io/library/redis', 'docker.io/library/redis:latest'],
  ['me/app', 'docker.io/me/app:latest'],
  ['localhost/app', 'localhost/app:latest'],
  ['ghcr.io/a/b:1', 'ghcr.io/a/b:1'],
  ['localhost:5000/x', 'localhost:5000/x:latest'],
  ['[::1]:5000/x', '[::1]:5000/x:latest'],
  [`redis@${DIGEST}`, `docker.io/library/redis@${DIGEST}`],
  [`redis:7@${DIGEST}`, `docker.io/library/redis:7@${DIGEST}`],
  ['Redis', undefined],
  ['', undefined],
  ['redis:', undefined],
  ['redis@sha256:12', undefined],
  ['a//b', undefined],
  ['-a', undefined],
  ['$X', undefined],
  [`${'a/'.repeat(200)}a`, undefined],
]
for (const [text, whole] of names) {
  test(`wholeImageName() makes ${whole ?? 'nothing'} of ${JSON.stringify(text.slice(0, 40))}`, () => {
    expect(wholeImageName(text)).toBe(whole)
  })
}
