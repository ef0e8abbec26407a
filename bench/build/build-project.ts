/** A project to build: files by path, and the name of the file of which a build in the middle of work differs. */
export interface BuildProject {
  readonly name: string
  readonly files: ReadonlyMap<string, string>
  /** Returns the text of one file that no build has seen. */
  readonly edit: (mark: string) => { readonly path: string; readonly text: string }
}

/** The name of the image that the projects start FROM: a root folder with busybox. */
export const BASE_IMAGE = 'tcompose-bench-base:1'

/** The counts that the rows of builds are named by. */
export const RUN_STEPS = 20
export const COPIED_FILES = 20_000
export const NODE_STAGES = 3

/** Returns the Compose file of a project, whose context is the folder that the file is in. */
export function composeTextOf({ name }: BuildProject): string {
  return `name: tcbench-${name}\nservices:\n  app:\n    image: tcbench-${name}:1\n    build: .\n`
}

/** Three stages as those of a Node project: dependencies, bundle, and an image that has both. An edit changes a source. */
export function nodeProject(): BuildProject {
  const main = (mark: string): string => `import { part1 } from './part1.js'\nconsole.log(part1, '${mark}')\n`
  const parts = Array.from(
    { length: 40 },
    (_, index) => [`src/part${index + 1}.js`, partText(index + 1)] as const,
  )
  return {
    name: 'node',
    files: new Map([
      ['Dockerfile', NODE_DOCKERFILE],
      ['package.json', '{ "name": "app", "version": "1.0.0", "type": "module" }\n'],
      ['package-lock.json', packageLock()],
      ['.dockerignore', 'node_modules\ndist\n*.md\n'],
      ['README.md', '# app\n'],
      ...parts,
      ['src/main.js', main('first')],
    ]),
    edit: mark => ({ path: 'src/main.js', text: main(mark) }),
  }
}

const NODE_DOCKERFILE = `FROM ${BASE_IMAGE} AS deps
WORKDIR /app
COPY package.json package-lock.json ./
RUN grep -o 'package-[0-9]*' package-lock.json | while read -r name; do \\
      mkdir -p node_modules/$name && echo "export default '$name'" > node_modules/$name/index.js; \\
    done

FROM deps AS build
COPY . .
RUN mkdir dist && cat node_modules/*/index.js src/*.js > dist/bundle.js && sha256sum dist/bundle.js > dist/SUM

FROM ${BASE_IMAGE}
WORKDIR /app
ENV NODE_ENV=production
COPY --from=deps /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER app
EXPOSE 3000
CMD ["node", "dist/bundle.js"]
`

function partText(number: number): string {
  return `export const part${number} = [${Array.from({ length: 50 }, (_, index) => number * index).join(', ')}]\n`
}

function packageLock(): string {
  const names = Array.from({ length: 200 }, (_, index) => `"package-${index + 1}": "1.0.${index}"`)
  return `{\n  ${names.join(',\n  ')}\n}\n`
}

/** Steps of \`RUN true\` behind a variable, which an edit changes so that none of them is known. */
export function runProject(): BuildProject {
  const dockerfile = (mark: string): string =>
    `FROM ${BASE_IMAGE}\nENV MARK=${mark}\n${'RUN true\n'.repeat(RUN_STEPS)}`
  return {
    name: 'run',
    files: new Map([['Dockerfile', dockerfile('first')]]),
    edit: mark => ({ path: 'Dockerfile', text: dockerfile(mark) }),
  }
}

/** A folder of many small files that is copied. An edit changes one of them. */
export function copyProject(): BuildProject {
  const path = (index: number): string => `files/d${index % 200}/f${index}.txt`
  const files = Array.from(
    { length: COPIED_FILES },
    (_, index) => [path(index), `${index} `.repeat(200)] as const,
  )
  return {
    name: 'copy',
    files: new Map([['Dockerfile', `FROM ${BASE_IMAGE}\nCOPY files /files\n`], ...files]),
    edit: mark => ({ path: path(4711), text: `${mark}\n` }),
  }
}
