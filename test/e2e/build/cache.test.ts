import { testBuildCases } from '../../support/build-case/test-build-cases.ts'

testBuildCases('cache')
