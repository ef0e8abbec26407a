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

/**
 * Three stages as those of a Node project: dependencies, bundle, and an image that has both, from 300 sources beside
 * 1,500 files that are ignored. An edit changes a source.
 */
export function nodeProject(): BuildProject {
  const main = (mark: string): string =>
    `import { part1 } from './lib0/part1.js'\nconsole.log(part1, '${mark}')\n`
  return {
    name: 'node',
    files: new Map([
      ['Dockerfile', NODE_DOCKERFILE],
      ['package.json', '{ "name": "app", "version": "1.0.0", "type": "module" }\n'],
      ['package-lock.json', packageLock()],
      ['tsconfig.json', '{ "compilerOptions": { "strict": true } }\n'],
      ['.dockerignore', 'node_modules\ndist\n**/*.md\n.git\n'],
      ['README.md', '# app\n'],
      ['public/index.html', '<!doctype html>\n<title>app</title>\n'],
      ...numbered(300, index => [`src/lib${index % 20}/part${index}.js`, partText(index)]),
      ...numbered(1500, index => [`node_modules/package-${index % 150}/file${index}.js`, partText(index)]),
      ['src/main.js', main('first')],
    ]),
    edit: mark => ({ path: 'src/main.js', text: main(mark) }),
  }
}

const NODE_DOCKERFILE = `FROM ${BASE_IMAGE} AS deps
ENV NPM_CONFIG_UPDATE_NOTIFIER=false
WORKDIR /app
COPY package.json package-lock.json ./
RUN grep -o 'package-[0-9]*' package-lock.json | while read -r name; do \\
      mkdir -p node_modules/$name && echo "export default '$name'" > node_modules/$name/index.js; \\
    done

FROM deps AS build
ARG VERSION=1.0.0
COPY tsconfig.json ./
COPY public ./public
COPY src ./src
RUN mkdir dist && cat node_modules/*/index.js src/*/*.js src/*.js > dist/bundle.js
RUN sha256sum dist/bundle.js > dist/SUM && cp -r public dist/public

FROM ${BASE_IMAGE}
ENV NODE_ENV=production
WORKDIR /app
RUN mkdir -p /app/data && chown app /app/data
COPY package.json ./
COPY --from=deps /app/node_modules ./node_modules
COPY --from=build --chown=app /app/dist ./dist
USER app
EXPOSE 3000
HEALTHCHECK CMD wget -qO- http://127.0.0.1:3000/ || exit 1
CMD ["node", "dist/bundle.js"]
`

type NamedText = readonly [path: string, text: string]

function numbered(count: number, make: (index: number) => NamedText): readonly NamedText[] {
  return Array.from({ length: count }, (_, index) => make(index))
}

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

/** A folder of 20,000 files of about 4 KB that is copied. An edit changes one of them. */
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
