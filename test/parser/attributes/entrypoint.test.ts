import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('entrypoint', s => s.entrypoint, [
  { yaml: 'entrypoint:', value: undefined },
  { yaml: 'entrypoint: sleep 5', value: ['sleep', '5'] },
  { yaml: 'entrypoint: sh -c "a  b"', value: ['sh', '-c', 'a  b'] },
  { yaml: 'entrypoint: sh -c \'a "b"\'', value: ['sh', '-c', 'a "b"'] },
  { yaml: 'entrypoint: a\\ b c', value: ['a b', 'c'] },
  { yaml: 'entrypoint: ""', value: [] },
  { yaml: 'entrypoint: []', value: [] },
  { yaml: 'entrypoint: [sh, -c, "a b"]', value: ['sh', '-c', 'a b'] },
  { yaml: 'entrypoint: [""]', value: [''] },
  { yaml: 'entrypoint: echo $$HOME', value: ['echo', '$HOME'] },
  { yaml: 'entrypoint: echo ${WORD:-a b}', value: ['echo', 'a', 'b'] },
  { yaml: 'user: "1"', value: undefined },
])

testRefused('entrypoint', ['entrypoint: 5', 'entrypoint: {a: b}', "entrypoint: a 'b", 'entrypoint: [5]'])
