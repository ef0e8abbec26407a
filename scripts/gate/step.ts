/** Tests by outcome. */
export interface TestCount {
  readonly passed: number
  /** A line for each that failed. */
  readonly failures: readonly string[]
  readonly skipped: readonly Skip[]
}

/** A test that did not run, and why. */
export interface Skip {
  readonly title: string
  readonly reason: string
}

/** One row of a gate: something that passes or fails, or many tests. */
export interface Step {
  readonly name: string
  readonly run: () => Promise<TestCount>
}

/** A step that has run. */
export interface StepResult {
  readonly name: string
  readonly count: TestCount
  readonly tookMs: number
}
