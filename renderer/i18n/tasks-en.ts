import { mixedTag } from '../../shared/insight.ts'

/** A field of a task: its name, what it means, and its options' texts. */
type TaskFieldText = {
  readonly name: string
  readonly note?: string
  readonly options?: Readonly<Record<string, string>>
}

/** What there is to learn: tasks with their fields, metrics and baselines. */
export const tasksEn = {
  tasks: {
    adding: 'Adding problem',
    copy: 'Copy memory',
    'temporal-order': 'Temporal order',
    parity: 'Parity',
    agreement: 'Was or were',
    'clue-zh': 'Clue and taste (Chinese)',
    'clue-en': 'Clue and place (English)',
    'word-order': 'Snow on Monday',
    reber: 'Reber grammar',
    'embedded-reber': 'Embedded Reber',
    scalar: 'One weight, many times',
    sine: 'Sine waves',
    'noisy-sine': 'Noisy sine waves',
    text: 'Next character',
    csv: 'Forecast',
    tokens: 'Token sequences',
    numbers: 'Number sequences',
  } as Readonly<Record<string, string>>,
  taskGroups: {
    distance: 'Remember across distance',
    language: 'Grammar and language',
    series: 'Series',
    own: 'Your own data',
    other: 'Other',
  },
  /** The one sentence of what a task shows. */
  taskNotes: {
    adding: 'Add two marked numbers; the first has to be kept over half of the sequence.',
    copy: 'Repeat symbols after a long silence; without memory nothing is left to say.',
    'temporal-order': 'Say in which order two rare symbols came; both are long gone at the end.',
    parity: 'Say whether the ones so far are even; every single bit changes the answer.',
    agreement: 'Was or were: the verb follows a subject far before it, not the noun beside it.',
    'clue-zh': 'A dish early in the story decides the taste at its end.',
    'clue-en': 'Some endings need the last words, others a clue from the beginning.',
    'word-order': 'The same words in two orders; weights that are shared read both.',
    reber: 'Learn a small grammar from its strings alone; a few symbols of memory are enough.',
    'embedded-reber': 'The second symbol returns at the end, with a whole grammar between.',
    scalar: 'One weight applied again and again: what 0.9, 1 and 1.1 do to a gradient.',
    sine: 'Continue a wave; a short memory is enough, so a plain network does it too.',
    'noisy-sine': 'Continue a wave under noise; a longer memory averages the noise away.',
    text: 'Answer with the next character of your text.',
    csv: 'Answer with a column’s value some rows ahead.',
    tokens: 'Your own sentences: a class, the next token, or a label for each.',
    numbers: 'Your own series: a value, a class, the next value, or one for each step.',
  } as Readonly<Record<string, string>>,
  /** Fields whose meaning is a task's own; the others are in setup.fields. */
  taskFields: {
    copy: {
      delay: { name: 'Silence', note: 'time steps between reading and answering' },
      symbols: { name: 'Symbols', note: 'to be repeated' },
      alphabet: { name: 'Alphabet', note: 'different symbols' },
    },
    'temporal-order': {
      length: { name: 'Shortest length', note: 'time steps; the longest is a tenth longer' },
      variant: {
        name: 'Variant',
        note: 'how many symbols to order',
        options: { '6a': '6a: two symbols', '6b': '6b: three symbols' },
      },
    },
    parity: {
      length: { name: 'Length T', note: 'bits at most' },
      lengths: { name: 'Lengths', options: { fixed: 'all alike', ragged: 'from 1 to T' } },
      answer: { name: 'Answer', options: { last: 'after the last bit', 'every-step': 'after every bit' } },
    },
    reber: { length: { name: 'Longest string', note: 'symbols at most' } },
    'embedded-reber': { length: { name: 'Longest string', note: 'symbols at most' } },
    'word-order': {
      clauses: { name: 'Clauses', note: 'places where the day can stand' },
      unseen: { name: 'Unseen places', note: 'kept for the test' },
    },
    numbers: {
      normalize: {
        name: 'Normalise',
        note: 'by the training rows alone',
        options: { standard: 'mean 0, deviation 1', 'min-max': 'from 0 to 1', none: 'not at all' },
      },
    },
    scalar: { factor: { name: 'Factor', note: 'multiplies the number at every step' } },
  } as Readonly<Record<string, Readonly<Record<string, TaskFieldText>>>>,
  taskFacts: {
    any: (name: string, length: number) => `${name}, T = ${length}`,
    adding: (length: number) => `Adding problem, T = ${length}`,
    text: (window: number) => `Next character after ${window}`,
    csv: (target: string, window: number) => `Forecast of ${target} from ${window} rows`,
  },
  /** What sorts test examples; numbers of yes and no have words. */
  tags: {
    distance: { name: 'distance' },
    length: { name: 'length' },
    attractors: { name: 'misleading nouns' },
    distractors: { name: 'misleading clues' },
    far: { name: 'what decides', values: { '0': 'last words', '1': 'early clue' } },
    position: { name: 'place of the clause' },
    seen: { name: 'place', values: { '0': 'not in training', '1': 'in training' } },
    order: { name: 'order', values: { '0': 'day last', '1': 'day first' } },
    step: { name: 'step' },
    [mixedTag]: { name: 'answers in the file' },
  } as Readonly<Record<string, { readonly name: string; readonly values?: Readonly<Record<string, string>> }>>,
  /** Answers that are a task's own words; words of a vocabulary stay as they are read. */
  taskClasses: { parity: { even: 'even', odd: 'odd' } } as Readonly<Record<string, Readonly<Record<string, string>>>>,
  metrics: {
    'accuracy-within': 'Accuracy',
    accuracy: 'Accuracy',
    'mean-absolute-error': 'Mean absolute error',
    recall: 'Recalled',
    'legal-strings': 'Legal strings',
    'clue-repeated': 'Clue repeated',
  } as Readonly<Record<string, string>>,
  metricNotes: {
    'accuracy-within': 'validation; within 0.08',
    accuracy: 'validation; likeliest answer',
    'mean-absolute-error': 'validation; in the data’s unit',
    recall: 'validation; symbols repeated',
    'legal-strings': 'validation; whole strings',
    'clue-repeated': 'validation; the last but one',
  } as Readonly<Record<string, string>>,
  baselines: {
    mean: 'guessing the mean',
    frequency: 'guessing by frequency',
    persistence: 'the last value again',
    memoryless: 'without memory',
    chance: 'guessing blindly',
    grammar: 'knowing the grammar',
    'last-words': 'from the last words alone',
    'noise-floor': 'knowing all but the noise',
  } as Readonly<Record<string, string>>,
}
