import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { variablesText } from '../../../src/cli/views/variables-text.ts'

const VARIABLES = [
  { name: 'A', required: true, defaultValue: '', presenceValue: '' },
  { name: 'LONGER', required: false, defaultValue: 'x: "y"', presenceValue: 'z' },
]

const FIELDS = {
  A: { Name: 'A', DefaultValue: '', PresenceValue: '', Required: true },
  LONGER: { Name: 'LONGER', DefaultValue: 'x: "y"', PresenceValue: 'z', Required: false },
}

test('variablesText() makes a table', () => {
  expect(variablesText(VARIABLES, 'table')).toBe(
    'NAME     REQUIRED   DEFAULT VALUE   ALTERNATE VALUE\n' +
      'A        true                       \n' +
      'LONGER   false      x: "y"          z\n',
  )
})

test('variablesText() makes JSON and YAML with the fields of Docker Compose, in YAML as Go writes them', () => {
  expect(JSON.parse(variablesText(VARIABLES, 'json'))).toEqual(FIELDS)
  const lower = Object.entries(FIELDS).map(([name, fields]) => [
    name,
    Object.fromEntries(Object.entries(fields).map(([key, value]) => [key.toLowerCase(), value])),
  ])
  expect(parse(variablesText(VARIABLES, 'yaml'))).toEqual(Object.fromEntries(lower))
})
