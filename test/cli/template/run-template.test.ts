import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseTemplate } from '../../../src/cli/template/parse-template.ts'
import { runTemplate } from '../../../src/cli/template/run-template.ts'
import { TemplateError } from '../../../src/cli/template/template-error.ts'
import type { TemplateValue } from '../../../src/cli/template/template-value.ts'

const CONTAINER: TemplateValue = {
  Name: 'shop-web-1',
  State: 'running',
  Ports: '',
  ExitCode: 3,
  Labels: 'role=front,tier=1',
  Healthy: true,
  Nothing: null,
  Publishers: [
    { URL: '0.0.0.0', PublishedPort: 8080 },
    { URL: '::', PublishedPort: 8081 },
  ],
  Label: (key = '') => (key === 'role' ? 'front' : ''),
}

function run(template: string): string {
  return runTemplate(parseTemplate(template), CONTAINER)
}

/** Templates and what text/template of Go 1.24 prints for them. */
const rendered: ReadonlyArray<readonly [template: string, text: string]> = [
  ['plain', 'plain'],
  ['{{.Name}}', 'shop-web-1'],
  ['{{ .Name }}/{{.State}}', 'shop-web-1/running'],
  ['a  {{- .Name -}}  b', 'ashop-web-1b'],
  ['{{/* of the container */}}x', 'x'],
  ['a {{- /* none */ -}} b', 'ab'],
  ['{{"}}"}}{{`{{`}}', '}}{{'],
  ['{{"a\\tb\\u00e9\\x41"}}', 'a\tbéA'],
  ['{{.Name | upper}}', 'SHOP-WEB-1'],
  ['{{.Name | printf "%-12s|"}}', 'shop-web-1  |'],
  ['{{printf "%5d|%05d|%.1f|%q|%x|%%" .ExitCode .ExitCode 1.75 "a" 255}}', '    3|00003|1.8|"a"|ff|%'],
  ['{{if .Ports}}ports{{else}}none{{end}}', 'none'],
  ['{{if .Ports}}a{{else if .Name}}b{{else}}c{{end}}', 'b'],
  ['{{if and .Name (not .Ports)}}y{{end}}', 'y'],
  ['{{or .Ports .Nothing "none"}}', 'none'],
  ['{{if eq .State "paused" "running"}}y{{end}}', 'y'],
  ['{{if gt .ExitCode 2}}y{{end}}{{if le .ExitCode 2}}n{{end}}', 'y'],
  ['{{range .Publishers}}{{.PublishedPort}} {{end}}', '8080 8081 '],
  ['{{range $i, $p := .Publishers}}{{$i}}={{$p.URL}};{{end}}', '0=0.0.0.0;1=::;'],
  ['{{range .Publishers}}{{$.Name}}{{break}}{{end}}', 'shop-web-1'],
  ['{{range .Publishers}}{{if eq .URL "::"}}{{continue}}{{end}}{{.URL}}{{end}}', '0.0.0.0'],
  ['{{range .Nothing}}x{{else}}none{{end}}', 'none'],
  ['{{with .Name}}{{.}}{{end}}{{with .Ports}}x{{else}}y{{end}}', 'shop-web-1y'],
  ['{{$n := .Name}}{{if true}}{{$n = "inner"}}{{end}}{{$n}}', 'inner'],
  ['{{$n := "a"}}{{if true}}{{$n := "b"}}{{$n}}{{end}}{{$n}}', 'ba'],
  ['{{(index .Publishers 1).URL}}', '::'],
  ['{{len .Publishers}}{{len "é"}}', '22'],
  ['{{index (split .Labels ",") 0}}', 'role=front'],
  ['{{join (split .Labels ",") "+"}}', 'role=front+tier=1'],
  ['{{title "a bc"}}{{lower "A"}}{{pad "x" 1 2}}{{truncate .Name 4}}', 'A Bca x  shop'],
  ['{{slice .Name 0 4}}', 'shop'],
  ['{{.Label "role"}}', 'front'],
  ['{{json .Publishers}}', '[{"URL":"0.0.0.0","PublishedPort":8080},{"URL":"::","PublishedPort":8081}]'],
  ['{{.Publishers}}', '[{0.0.0.0 8080} {:: 8081}]'],
  ['{{.Healthy}} {{.Nothing}}', 'true <no value>'],
  ['{{print 1 2 "x" 3}}{{println "y"}}', '1 2x3y\n'],
  ['{{printf "%c" \'a\'}}', 'a'],
]

test.each(rendered)('runTemplate renders %j', (template, text) => {
  expect(run(template)).toBe(text)
})

const wrong: ReadonlyArray<readonly [template: string, message: string]> = [
  ['{{.Name', 'the action at column 1 does not end'],
  ['{{if .Name}}x', '{{if}} has no {{end}}'],
  ['{{if .Name}}a{{else}}b{{else}}c{{end}}', '{{if}} has two {{else}}'],
  ['x{{end}}', 'unexpected {{end}}'],
  ['{{}}', 'a value is missing in {{}}'],
  ['{{.Name |}}', 'a value is missing in {{.Name |}}'],
  ['{{(.Name}}', 'a parenthesis is not closed in {{(.Name}}'],
  ['{{.Name ?}}', 'unexpected ?'],
  ['{{break}}', '{{break}} outside of {{range}}'],
  ['{{template "x"}}', '{{template}} is not supported'],
  ['{{"\\z"}}', 'unknown escape \\z in "\\z"'],
  ['{{$n}}', 'there is no variable "$n"'],
  ['{{.Nmae}}', 'there is no field "Nmae"'],
  ['{{.Name.First}}', 'there is no field "First" in "shop-web-1"'],
  ['{{.Name 1}}', '.Name takes no argument'],
  ['{{uper .Name}}', 'there is no function "uper"'],
  ['{{upper 1}}', '"upper" takes a text, not number 1'],
  ['{{eq .Name 1}}', 'cannot compare string "shop-web-1" with number 1'],
  ['{{index .Publishers 5}}', 'a list of 2 has no element 5'],
  ['{{printf "%d" "x"}}', 'printf cannot show "x" by %d'],
  ['{{printf "%d"}}', 'printf has no argument for %d'],
  ['{{printf "x" 1}}', 'printf has 1 arguments too many'],
]

test.each(wrong)('a wrong template %j is explained', (template, message) => {
  expect(() => run(template)).toThrow(expect.objectContaining({ name: 'TemplateError', message }))
})

test('an unknown field or function names those that are near', () => {
  const hintOf = (template: string): string | undefined => {
    try {
      run(template)
    } catch (error) {
      return error instanceof TemplateError ? error.hint : undefined
    }
    return undefined
  }
  expect(hintOf('{{.Nmae}}')).toBe('did you mean "Name"?')
  expect(hintOf('{{uper .Name}}')).toBe('did you mean "upper"?')
})

test('any text is a template or a TemplateError', () => {
  const words = fc.constantFrom(
    ...[
      '{{',
      '}}',
      '{{-',
      '-}}',
      'if',
      'else',
      'end',
      'range',
      'with',
      '.Name',
      '.Publishers',
      '$x',
      ':=',
      '|',
    ],
    ...['(', ')', '"a"', '"', '`', '/*', '*/', 'eq', 'index', 'json', ' ', '1', ',', '$', 'break'],
  )
  fc.assert(
    fc.property(fc.array(words, { maxLength: 14 }), parts => {
      try {
        run(parts.join(' '))
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error
      }
    }),
    { numRuns: 3000 },
  )
})
