import { expect, test } from 'vitest'
import { type ToldEvent, watchText } from '../../../src/cli/views/watch-text.ts'

const CASES: readonly (readonly [event: ToldEvent, text: string])[] = [
  [{ kind: 'enabled', services: ['web'] }, 'Watch enabled'],
  [{ kind: 'syncing', service: 'web', changes: 3 }, 'Syncing service "web" after 3 changes were detected'],
  [
    { kind: 'rebuilding', services: ['a', 'b'] },
    'Rebuilding service(s) ["a" "b"] after changes were detected...',
  ],
  [{ kind: 'rebuilt', services: ['a'] }, 'service(s) ["a"] successfully built'],
  [{ kind: 'restarted', services: ['a'] }, 'service(s) ["a"] restarted'],
  [
    { kind: 'executed', name: 'shop-web-1', argv: ['kill', '-HUP', '1'], exitCode: 1 },
    'kill -HUP 1 in shop-web-1 ended with exit code 1',
  ],
  [
    { kind: 'limited', limit: { sysctl: 'fs.inotify.max_user_watches', value: 8192 } },
    'Not every folder can be watched, so changes are looked for each second: raise fs.inotify.max_user_watches, now 8192, with sysctl(8)',
  ],
]

test.for(CASES)('watchText() tells %j', ([event, text]) => {
  expect(watchText(event)).toBe(text)
})
