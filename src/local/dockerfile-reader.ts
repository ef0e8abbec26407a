import type { DockerfileReader } from '../engine/local/build/dockerfile-reader.ts'

/** The parser of Dockerfiles, loaded when it is needed first. */
export const dockerfileReader: DockerfileReader = {
  load: async () => {
    const { parseDockerfile, parseTrigger, inlinePlace } = await import('./dockerfile-parser.ts')
    return {
      parse: ({ text, file, inline }) =>
        parseDockerfile(text, inline === undefined ? { file } : { file, place: inlinePlace(inline) }),
      parseTrigger,
      check: async dockerfile => {
        const { checkDockerfile } = await import('../parser/dockerfile/check-dockerfile.ts')
        return checkDockerfile(dockerfile)
      },
    }
  },
}
