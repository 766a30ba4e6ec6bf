import { join, posix } from 'node:path'

/** What a binding is compiled from and into. Folders are absolute. */
export interface BindingPlan {
  readonly sources: readonly string[]
  /** Folders of headers. */
  readonly includes: readonly string[]
  /** The pack's folder: the binding lies at its top. */
  readonly pack: string
  /** Libraries it is linked to, by their names inside the pack. */
  readonly linked: readonly string[]
  readonly output: string
  /** Whether its loops are to become vectors: only where nobody asks for errno or traps can they. */
  readonly isVectorized: boolean
  /** A folder for what is made on the way. */
  readonly work: string
  /** Definition files of Node-API, which Windows' linker wants. */
  readonly definitions: readonly string[]
}

/** A program and its arguments. */
export type Step = readonly [program: string, ...args: string[]]

interface Compiler {
  /** Programs that may do it, after the one that a person names with CXX. */
  readonly programs: readonly string[]
  /** What a program of that kind answers with exit code 0. */
  readonly probe: readonly string[]
  readonly hint: string
  /** The libraries are found from where the binding is, wherever the pack is moved to. */
  steps(program: string, plan: BindingPlan): Step[]
}

const common = ({ isVectorized }: BindingPlan) => [
  ...['-std=c++17', '-fPIC', '-DNAPI_VERSION=8', '-w'],
  ...(isVectorized ? ['-O3', '-fno-math-errno', '-fno-trapping-math'] : ['-O2']),
]
/** Folders of the linked libraries, from the binding. */
const foldersOf = ({ linked }: BindingPlan) => [...new Set(linked.map((name) => posix.dirname(name)))]

const linux: Compiler = {
  programs: ['g++', 'clang++', 'c++'],
  probe: ['--version'],
  hint: 'Install one (Debian and Ubuntu: apt install g++), or name it with CXX.',
  steps: (program, plan) => [
    [
      program,
      ...[...common(plan), '-shared', ...plan.includes.map((folder) => `-I${folder}`), ...plan.sources],
      ...foldersOf(plan).flatMap((folder) => [`-L${join(plan.pack, folder)}`, `-Wl,-rpath,$ORIGIN/${folder}`]),
      ...plan.linked.map((name) => `-l:${posix.basename(name)}`),
      ...['-o', plan.output],
    ],
  ],
}

/** The libraries call themselves `@rpath/NAME`. Not yet run on macOS. */
const macos: Compiler = {
  programs: ['clang++', 'c++'],
  probe: ['--version'],
  hint: "Install Apple's command line tools (xcode-select --install), or name a compiler with CXX.",
  steps: (program, plan) => [
    [
      program,
      ...[...common(plan), '-bundle', '-undefined', 'dynamic_lookup'],
      ...[...plan.includes.map((folder) => `-I${folder}`), ...plan.sources],
      ...plan.linked.map((name) => join(plan.pack, name)),
      ...foldersOf(plan).map((folder) => `-Wl,-rpath,@loader_path/${folder}`),
      ...['-o', plan.output],
    ],
  ],
}

/**
 * Node-API comes out of the program that loads the binding, which is node.exe here and Electron's there: it is
 * linked late, and delay-load.cc answers with the program that runs. Not yet run on Windows.
 */
const windows: Compiler = {
  programs: ['cl'],
  probe: [],
  hint: "Run this in a developer prompt of Visual Studio's build tools with C++, or name cl with CXX.",
  steps(program, plan) {
    const imports = plan.definitions.map((_, index) => join(plan.work, `node-api-${index}.lib`))
    return [
      ...plan.definitions.map(
        (file, index): Step => ['lib', '/nologo', '/machine:x64', `/def:${file}`, `/out:${imports[index]}`],
      ),
      [
        program,
        ...['/nologo', '/std:c++17', '/O2', '/MD', '/EHsc', '/LD', '/w', '/DNAPI_VERSION=8', '/DCOMPILER_MSVC'],
        ...[...plan.includes.map((folder) => `/I${folder}`), ...plan.sources, `/Fo${plan.work}\\`],
        ...['/link', ...plan.linked.map((name) => join(plan.pack, name)), ...imports],
        ...['delayimp.lib', '/DELAYLOAD:node.exe', `/OUT:${plan.output}`],
      ],
    ]
  },
}

const compilers: Readonly<Record<string, Compiler>> = { linux, darwin: macos, win32: windows }

/** How a platform compiles; Linux' way for those that are not listed. */
export const compilerOf = (platform: string): Compiler => compilers[platform] ?? linux
