import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('oom_score_adj', s => s.oomScoreAdj, [
  { yaml: 'oom_score_adj: 500', value: 500 },
  { yaml: 'oom_score_adj: "-500"', value: -500 },
  { yaml: 'oom_score_adj: 0', value: 0 },
  { yaml: 'init: false', value: undefined },
])

testRefused('oom_score_adj', ['oom_score_adj: 2000', 'oom_score_adj: a', 'oom_score_adj: 1.5'])
