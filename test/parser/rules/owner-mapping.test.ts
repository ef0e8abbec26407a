import { expect, test } from 'vitest'
import { diagnosticsOf, projectOf } from '../../support/memory-project.ts'

function webWith(volume: string, rest = ''): string {
  return `services: {web: {image: a, volumes: [${volume}]}}\nvolumes: {v: {}}\n${rest}`
}

test.for<readonly [string, string]>([
  [
    webWith('{type: bind, source: /a, target: /b, x-idmap: on}'),
    'Cannot use "x-idmap": expected "match-user"',
  ],
  [
    webWith('{type: volume, source: v, target: /b, x-idmap: match-user}'),
    'Cannot use "x-idmap" in service "web": it is for bind mounts only',
  ],
  [webWith('/a:/b', 'x-idmap: []\n'), 'Cannot use "x-idmap": expected "match-user"'],
])('%s is refused', ([text, message]) => {
  expect(diagnosticsOf(text)).toMatchObject([{ severity: 'error', message }])
})

test.for<readonly [string, boolean | undefined]>([
  [webWith('/a:/b'), undefined],
  [webWith('{type: bind, source: /a, target: /b, x-idmap: match-user}'), true],
  [webWith('/a:/b', 'x-idmap: match-user\n'), true],
])('%s reaches the model', ([text, matchesUser]) => {
  const [mount] = projectOf(text).services.get('web')?.mounts ?? []
  expect(mount?.kind === 'bind' && mount.matchesUser).toBe(matchesUser)
})
