import { describe, expect, test } from 'vitest'
import { parallelLimit } from '../../../src/cli/options/global-options.ts'
import { UsageError } from '../../../src/cli/usage-error.ts'

describe('parallelLimit()', () => {
  for (const { parallel, variable, limit } of [
    { limit: undefined },
    { variable: '', limit: undefined },
    { variable: '3', limit: 3 },
    { variable: '-1', limit: undefined },
    { parallel: 2, variable: '3', limit: 2 },
    { parallel: -1, variable: '3', limit: undefined },
  ] as readonly {
    readonly parallel?: number
    readonly variable?: string
    readonly limit: number | undefined
  }[]) {
    test(`is ${limit} for --parallel ${parallel} and COMPOSE_PARALLEL_LIMIT ${variable}`, () => {
      const environment = new Map(variable === undefined ? [] : [['COMPOSE_PARALLEL_LIMIT', variable]])
      expect(parallelLimit(parallel === undefined ? {} : { parallel }, environment)).toBe(limit)
    })
  }

  for (const text of ['0', 'x', '-2', '1.5']) {
    test(`refuses ${text}`, () => {
      expect(() => parallelLimit({}, new Map([['COMPOSE_PARALLEL_LIMIT', text]]))).toThrow(UsageError)
    })
  }
})
