import { expect, test } from 'vitest'
import { doctorText } from '../../../src/cli/views/doctor-text.ts'

test('doctorText() shows checks with hints where something is missing, then strays', () => {
  const text = doctorText(
    {
      checks: [
        { name: 'kernel', status: 'ok', detail: '6.18', hint: 'never shown' },
        { name: 'cgroups', status: 'missing', detail: 'no pids controller', hint: 'Mount it' },
      ],
      strays: [{ kind: 'interface', name: 'tc0', project: 'shop', removed: false }],
    },
    false,
  )
  expect(text.split('\n')).toEqual([
    ' ✔ kernel   6.18',
    ' ✘ cgroups  no pids controller',
    '            Mount it',
    '',
    'Strays, which no record speaks of: 1',
    '   interface tc0 of project shop',
    'Run "tcompose doctor --fix" to remove them',
    '',
  ])
})

test('doctorText() says that there are no strays', () => {
  expect(doctorText({ checks: [], strays: [] }, false)).toContain('No strays')
})

test('doctorText() claims nothing about strays that were not looked for', () => {
  const text = doctorText({ checks: [], strays: undefined }, false)
  expect(text).toBe('\nOnly root can see whether anything was left behind\n')
})
