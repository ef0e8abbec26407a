import { expect, test } from 'vitest'
import { doctorText } from '../../../src/cli/views/doctor-text.ts'
import { parseProjectName } from '../../../src/model/names.ts'

test('doctorText() shows checks with hints where something is missing, then orphans', () => {
  const text = doctorText(
    {
      checks: [
        { name: 'kernel', status: 'ok', detail: '6.18', hint: 'never shown' },
        { name: 'cgroups', status: 'missing', detail: 'no pids controller', hint: 'Mount it' },
      ],
      damaged: [],
      orphans: [{ name: 'interface tc0', project: 'shop', removed: false }],
    },
    false,
  )
  expect(text.split('\n')).toEqual([
    ' ✔ kernel   6.18',
    ' ✘ cgroups  no pids controller',
    '            Mount it',
    '',
    'Orphans, which no record lists: 1',
    '   interface tc0 of project shop',
    'Run "tcompose doctor --fix" to remove them',
    '',
  ])
})

test('doctorText() says that there are no orphans', () => {
  expect(doctorText({ checks: [], damaged: [], orphans: [] }, false)).toContain('No orphans')
})

test('doctorText() claims nothing about orphans that were not looked for', () => {
  const text = doctorText({ checks: [], damaged: [], orphans: undefined }, false)
  expect(text).toBe('\nOnly root can see whether anything was left behind\n')
})

test('doctorText() names damaged records, and where they were put', () => {
  const reason = 'Cannot read "/p/project.json": it is damaged, expected a record'
  const damaged = [
    { path: '/p/project.json', reason, project: parseProjectName('shop'), aside: undefined },
    {
      path: '/live.json',
      reason: 'Cannot read "/live.json": no',
      project: undefined,
      aside: '/live.json.damaged',
    },
  ]
  expect(doctorText({ checks: [], damaged, orphans: [] }, false).split('\n')).toEqual([
    '',
    'Damaged records: 2',
    `   ${reason}, the record of project shop`,
    '   Cannot read "/live.json": no',
    '      moved to /live.json.damaged',
    'Run "tcompose doctor --fix" to move them out of the way',
    'This stops and removes all that runs for these projects; their volumes are kept',
    '',
    'No orphans: everything that tcompose made on this machine is recorded',
    '',
  ])
})

test('doctorText() holds no control characters of what it names', () => {
  const evil = 'a\u001b[2J\u009b31m\u202eb\n'
  const text = doctorText(
    {
      checks: [{ name: evil, status: 'missing', detail: evil, hint: evil }],
      damaged: [{ path: evil, reason: evil, project: parseProjectName('shop'), aside: evil }],
      orphans: [{ name: evil, project: evil, removed: false }],
    },
    false,
  )
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u)
  expect(text.split('\n')).toHaveLength(11)
})

test('doctorText() lines up names that are drawn wider than they are long', () => {
  const check = { status: 'ok', detail: 'fine', hint: undefined } as const
  const checks = [
    { ...check, name: '画像' },
    { ...check, name: 'kernel' },
  ]
  expect(doctorText({ checks, damaged: [], orphans: [] }, false).split('\n').slice(0, 2)).toEqual([
    ' ✔ 画像    fine',
    ' ✔ kernel  fine',
  ])
})
