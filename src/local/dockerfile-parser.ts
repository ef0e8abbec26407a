/** All that reads Dockerfiles, as one part: commands that build nothing do not load it. */

export { parseDockerfile } from '../parser/dockerfile/parse-dockerfile.ts'
export { parseTrigger } from '../parser/dockerfile/parse-trigger.ts'
export { inlinePlace } from '../parser/project/inline-dockerfile.ts'
