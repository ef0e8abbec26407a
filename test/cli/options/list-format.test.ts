import { expect, test } from 'vitest'
import { parseListFormat } from '../../../src/cli/options/list-format.ts'
import { templateList } from '../../../src/cli/views/template-list.ts'

const ENTRIES = [
  { Name: 'web', CreatedAt: 'today', Label: () => 'front' },
  { Name: 'database', CreatedAt: 'now', Label: () => '' },
]

function list(format: string, entries = ENTRIES): string {
  const parsed = parseListFormat(format)
  if (parsed.kind !== 'template') return parsed.kind
  return templateList(parsed, entries, { fields: ['Name', 'CreatedAt'], headings: { Name: 'SERVICE' } })
}

test('parseListFormat knows table and json', () => {
  expect([list('table'), list(' json ')]).toEqual(['table', 'json'])
})

test('a template is written once for each entry', () => {
  expect(list('{{.Name}}\\t{{.CreatedAt}}')).toBe('web\ttoday\ndatabase\tnow\n')
})

test('a table of a template has headings and columns', () => {
  expect(list('table {{upper .Name}}\\t{{.CreatedAt}}\\t{{.Label "com.example.my-role"}}')).toBe(
    ['SERVICE    CREATED AT   my role', 'WEB        today        front', 'DATABASE   now          ', ''].join(
      '\n',
    ),
  )
  expect(list('table {{.Name}}', [])).toBe('SERVICE\n')
})

test('what a template prints cannot steer a terminal', () => {
  expect(list('{{.Name}}', [{ Name: '\u001b[2J', CreatedAt: '', Label: () => '' }])).toBe('\\x1b[2J\n')
})

test.each([
  ['yaml', '"yaml" is not a format'],
  ['{{.Name', 'the template of --format is wrong: the action at column 1 does not end'],
  ['{{.Nope}}', 'the template of --format is wrong: there is no field "Nope"'],
])('the format %j is refused', (format, message) => {
  expect(() => list(format)).toThrow(expect.objectContaining({ name: 'UsageError', message }))
})
